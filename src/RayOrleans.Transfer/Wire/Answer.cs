namespace RayOrleans.Transfer;

/// <summary>How a request was answered.</summary>
internal enum Answer : byte
{
    /// <summary>The object is here; what was asked for follows.</summary>
    Here = 1,

    /// <summary>The object is not here, or not in that version. Expected: locations are learnt late.</summary>
    NotHere = 2,

    /// <summary>The object is here and shorter than the range that was asked for.</summary>
    OutOfRange = 3,

    /// <summary>The object is here, and as many nodes as may read it at once do so: ask one of those that have it by now, or again.</summary>
    Busy = 4,
}
