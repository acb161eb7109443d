namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>One who has links to drain.</summary>
internal interface IBatchSender
{
    Host Host { get; }

    Batch? TakeBatch(Link link);

    void OnAnswer(Link link, Batch batch, BatchAnswer answer);

    /// <summary>A batch is about to be sent for the first time.</summary>
    void Observe(Batch batch);
}
