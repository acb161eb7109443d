namespace RayOrleans.Runtime.Processes;

/// <summary>What a process asks its node for beside its session. Numbers are part of the form.</summary>
internal enum NodeRequest : byte
{
    /// <summary>The content with a hash, of the cluster's function table.</summary>
    Code = 1,

    /// <summary>Reads a key.</summary>
    KeyGet = 2,

    /// <summary>Writes a key.</summary>
    KeyPut = 3,

    /// <summary>Writes a key that has a version.</summary>
    KeyTryPut = 4,

    /// <summary>Deletes a key.</summary>
    KeyDelete = 5,

    /// <summary>Lists keys.</summary>
    KeyList = 6,
}
