namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>A job, its driver and the driver's node.</summary>
internal sealed class ClusterJob(int number, SimNode node, JobRecord record)
{
    public int Number { get; } = number;

    public SimNode Node { get; } = node;

    public JobRecord Record { get; } = record;

    public NodeBody Driver { get; set; } = null!;

    /// <summary>Whether its driver has said so.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Whether nobody asks for right answers any more: it ended, or its driver's node failed.</summary>
    public bool IsOver => HasEnded || Node.HasFailed;
}
