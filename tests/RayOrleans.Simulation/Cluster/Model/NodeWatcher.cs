namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>A blocked run's watcher.</summary>
internal sealed class NodeWatcher(NodeBody body) : Watcher
{
    public NodeBody Body { get; } = body;

    public bool HasFired { get; set; }

    public override void Fire()
    {
        if (HasFired)
        {
            throw new ViolationException($"the watcher of run {Body.Number} fired twice");
        }

        HasFired = true;
    }
}
