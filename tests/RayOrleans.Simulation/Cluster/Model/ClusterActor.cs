namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>What the checkers know of an actor; what handles carry, too: the same object wherever they go.</summary>
internal sealed class ClusterActor(ActorOptions options)
{
    public ActorOptions Options { get; } = options;

    public bool IsKilled { get; set; }

    /// <summary>Whether somebody killed it and did not let it restart.</summary>
    public bool IsKilledForGood { get; set; }

    /// <summary>Whether a run of its constructor failed.</summary>
    public bool HasFailedToStart { get; set; }

    /// <summary>The calls of each run of code that have not started yet, in the order in which it made them.</summary>
    public Dictionary<NodeBody, List<(ClusterTask Call, TaskRecord Record)>> Waiting { get; } = [];

    /// <summary>The latest incarnation that each run of code has had a call started at.</summary>
    public Dictionary<NodeBody, int> Incarnations { get; } = [];
}
