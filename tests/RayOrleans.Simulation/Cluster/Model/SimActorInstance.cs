namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>An actor's object, on the node that made it.</summary>
internal sealed class SimActorInstance(ClusterActor actor, SimNode node)
{
    public ClusterActor Actor { get; } = actor;

    public SimNode Node { get; } = node;

    /// <summary>The call that runs on it.</summary>
    public NodeBody? Running { get; set; }

    /// <summary>Whether it was disposed of, or replaced.</summary>
    public bool IsStopped { get; set; }
}
