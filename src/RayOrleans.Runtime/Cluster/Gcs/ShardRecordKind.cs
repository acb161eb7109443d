namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>The sorts of records in a shard's journal. Numbers are never given twice.</summary>
internal enum ShardRecordKind : byte
{
    /// <summary>A question whose answer must not be older than what was acknowledged: never kept, but answered only while the epoch lasts.</summary>
    Read = 0,

    /// <summary>An activation has begun.</summary>
    Epoch = 1,

    /// <summary>A batch came from a node.</summary>
    Batch = 2,

    /// <summary>A node has joined or was declared dead.</summary>
    Member = 3,

    /// <summary>Time has passed.</summary>
    Tick = 4,

    /// <summary>An operation that changes the key-value or name tables.</summary>
    Tables = 5,

    /// <summary>The head of a state, which stands for everything before it.</summary>
    State = 6,

    /// <summary>Tasks of a state.</summary>
    Rows = 7,

    /// <summary>What nodes of a state have not repeated.</summary>
    Claims = 8,

    /// <summary>Keys and names of a state.</summary>
    Keys = 9,

    /// <summary>Jobs of a state.</summary>
    Jobs = 10,

    /// <summary>What has happened on a node.</summary>
    Events = 11,

    /// <summary>Events of a state.</summary>
    EventItems = 12,
}
