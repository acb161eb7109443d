namespace RayOrleans.Core;

/// <summary>A job in the table.</summary>
internal sealed class JobRow(JobReport report)
{
    public JobReport Report { get; set; } = report;

    /// <summary>The nodes that are told when it ends.</summary>
    public HashSet<NodeId> Subscribers { get; } = [];

    /// <summary>Since when its driver's node has been missed, which is neither there nor known to be dead; 0: it is not.</summary>
    public long MissedSince { get; set; }
}
