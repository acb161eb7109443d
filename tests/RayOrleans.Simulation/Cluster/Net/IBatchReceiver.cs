namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>One who takes batches.</summary>
internal interface IBatchReceiver
{
    Host Host { get; }

    BatchAnswer OnBatch(Batch batch);
}
