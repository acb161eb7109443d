namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>A replica of the global scheduler.</summary>
internal sealed class SimScheduler(ClusterWorld world, int number, int seed) : Host(world, $"scheduler {number}")
{
    public GlobalScheduler Machine { get; } = new(seed);

    protected override void ApplyMember(NodeId node, bool isAlive) => Machine.OnMember(node, isAlive);

    protected override void Settle()
    {
    }
}
