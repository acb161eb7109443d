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

    /// <summary>Lists what the cluster is doing.</summary>
    State = 7,

    /// <summary>Makes a placement group.</summary>
    GroupCreate = 8,

    /// <summary>Waits until a placement group is ready.</summary>
    GroupReady = 9,

    /// <summary>Removes a placement group.</summary>
    GroupRemove = 10,

    /// <summary>Waits until another node keeps a copy of what this process has put.</summary>
    Replicated = 11,
}
