namespace RayOrleans.ObjectStore;

/// <summary>What an answer's body is.</summary>
internal enum AnswerShape : byte
{
    Nothing = 0,

    /// <summary>The object's bytes.</summary>
    Bytes = 1,

    /// <summary>A <see cref="BlockBody"/>.</summary>
    Block = 2,

    /// <summary>A <see cref="TotalsBody"/>.</summary>
    Totals = 3,

    /// <summary>A sentence in UTF-8.</summary>
    Text = 4,
}
