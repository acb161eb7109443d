namespace RayOrleans;

/// <summary>Where user code runs: how much stands between it and the rest of the node.</summary>
public enum Isolation
{
    /// <summary>
    /// As the task that submits it. What a driver submits: <see cref="JobProcess"/> where its program is attached or connected to a silo that can start worker processes
    /// (<c>local</c>, <c>client://</c>), and <see cref="InSilo"/> where the program is a node itself (embedded, <c>ray://</c>).
    /// </summary>
    Default,

    /// <summary>On the silo's own worker threads: fastest, and a crash takes the node along.</summary>
    InSilo,

    /// <summary>In a worker process that this job's tasks and actors share on the node, with as many slots as the node has CPUs.</summary>
    JobProcess,

    /// <summary>In a process of its own.</summary>
    Process,
}
