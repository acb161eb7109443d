namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>What a party is asked: the first byte of every request.</summary>
internal enum RequestKind : byte
{
    /// <summary>A link's batch; the answer is the link's.</summary>
    Batch = 0,

    /// <summary>To a shard: how large objects are and where their copies lie.</summary>
    Lookup = 1,

    /// <summary>To a global scheduler: nodes' loads.</summary>
    Heartbeat = 2,

    /// <summary>To a global scheduler: tasks to be placed.</summary>
    Place = 3,

    /// <summary>To a shard: operations on its key-value and name tables.</summary>
    Tables = 4,

    /// <summary>To anyone: a part of a request that is too large for one call (<see cref="RequestParts"/>).</summary>
    Part = 5,

    /// <summary>To a global scheduler: how the nodes stand that it knows.</summary>
    Nodes = 6,

    /// <summary>To a silo: what a shard that moves there knows.</summary>
    Handover = 7,

    /// <summary>To a shard: the jobs it knows.</summary>
    Jobs = 8,

    /// <summary>To a shard: what has happened on a node.</summary>
    Events = 9,

    /// <summary>To a shard: the events it keeps.</summary>
    ReadEvents = 10,

    /// <summary>To a node: what it is doing, for listings.</summary>
    State = 11,

    /// <summary>To a silo: about the copies that it keeps of shards.</summary>
    Follow = 12,

    /// <summary>To a node: what worker processes elsewhere have written for its drivers. It may get lost.</summary>
    Output = 13,
}
