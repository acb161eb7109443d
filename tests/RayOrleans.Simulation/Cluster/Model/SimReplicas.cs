namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>What the checkers know of the copies of a put that came back with two nodes keeping it.</summary>
internal sealed class SimReplicas
{
    /// <summary>Whether no living node had a copy that stays: then it may be lost, and also if the next copy comes in time.</summary>
    public bool MayBeLost { get; set; }

    /// <summary>Since when less than two living nodes have kept it; null: as many do.</summary>
    public long? ThinSince { get; set; }
}
