namespace RayOrleans.ObjectStore;

/// <summary>Who takes the answer of a request.</summary>
internal enum AnswerTaker : byte
{
    /// <summary>A thread that blocks for it.</summary>
    Thread,

    /// <summary>Whoever has the request's value task.</summary>
    Flow,

    /// <summary>It is not looked at.</summary>
    Nobody,
}
