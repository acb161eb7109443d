namespace RayOrleans;

/// <summary>Where user code runs: how much stands between it and the rest of the node.</summary>
public enum Isolation
{
    /// <summary><see cref="InSilo"/> for now; <see cref="JobProcess"/> in a cluster of silo processes, once code in worker processes can do everything that code in the silo can.</summary>
    Default,

    /// <summary>On the silo's own worker threads: fastest, and a crash takes the node along.</summary>
    InSilo,

    /// <summary>In a worker process that this job's tasks and actors share on the node, with as many slots as the node has CPUs.</summary>
    JobProcess,

    /// <summary>In a process of its own.</summary>
    Process,
}
