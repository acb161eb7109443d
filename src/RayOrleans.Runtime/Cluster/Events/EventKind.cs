namespace RayOrleans.Runtime.Cluster.Events;

/// <summary>The sorts of events. Numbers are never given twice.</summary>
internal enum EventKind : byte
{
    /// <summary>An attempt has ended, or a task without one: a <see cref="TaskInfo"/>.</summary>
    Task = 1,

    /// <summary>An actor's state has changed: an <see cref="ActorInfo"/>.</summary>
    Actor = 2,

    /// <summary>What a node is: a <see cref="NodeInfo"/>.</summary>
    Node = 3,

    /// <summary>The node has left or was declared dead; the shard says so itself.</summary>
    NodeDied = 4,
}
