namespace RayOrleans.Core;

/// <summary>Which process of its node runs a task, or hosts an actor.</summary>
public enum ProcessKind : byte
{
    /// <summary>The node's own.</summary>
    Node,

    /// <summary>One that the tasks and actors of a job share.</summary>
    Job,

    /// <summary>One of its own: for one task at a time, or for one actor.</summary>
    Own,
}
