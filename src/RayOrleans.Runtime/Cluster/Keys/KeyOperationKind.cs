namespace RayOrleans.Runtime.Cluster.Keys;

/// <summary>The operations on a shard's tables of keys and names. Numbers are never given twice.</summary>
internal enum KeyOperationKind : byte
{
    /// <summary>Reads a key's value, from an offset on.</summary>
    Get = 1,

    /// <summary>Writes a key.</summary>
    Put = 2,

    /// <summary>Deletes a key.</summary>
    Delete = 3,

    /// <summary>Lists keys by prefix.</summary>
    List = 4,

    /// <summary>Sends a part of a value that is too large for one request.</summary>
    Stage = 5,

    /// <summary>Writes a key with the value that was sent in parts.</summary>
    PutStaged = 6,

    /// <summary>Gives a name to an actor, if it is free.</summary>
    Claim = 16,

    /// <summary>Takes a name back from an actor.</summary>
    Release = 17,

    /// <summary>Finds the actor of a name.</summary>
    Find = 18,

    /// <summary>Lists names.</summary>
    Names = 19,
}
