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

    /// <summary>A driver ends its job, and waits until the cluster knows.</summary>
    Leave = 12,

    /// <summary>A piece of a content for the cluster's function table; the last one has it published.</summary>
    CodePublish = 13,

    /// <summary>Whether the cluster's function table has a content.</summary>
    CodeHas = 14,

    /// <summary>A driver elsewhere begins a value in the node's store.</summary>
    ValueCreate = 15,

    /// <summary>Writes a piece of it.</summary>
    ValueWrite = 16,

    /// <summary>It is complete.</summary>
    ValueSeal = 17,

    /// <summary>Reads a piece of a value in the node's store.</summary>
    ValueRead = 18,

    /// <summary>Gives up a value that was not handed over.</summary>
    ValueDelete = 19,
}
