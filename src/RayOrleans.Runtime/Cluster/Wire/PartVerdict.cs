namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>What a receiver says to a part of a request: the first byte of its answer.</summary>
internal enum PartVerdict : byte
{
    /// <summary>It is kept until the rest is there.</summary>
    Kept = 0,

    /// <summary>What comes before it is not here: the transfer must begin anew.</summary>
    Unknown = 1,

    /// <summary>The request was whole, and was taken; its answer follows.</summary>
    Joined = 2,
}
