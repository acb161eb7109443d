namespace RayOrleans.Grains;

/// <summary>
/// The local scheduler of one node, as the rest of the cluster sees it. Its key is the address of the silo it lives on, as
/// <c>SiloAddress.ToParsableString()</c> writes it; <see cref="LocalSchedulerGrainExtensions.GetLocalScheduler"/> makes the reference.
/// It is never placed anywhere else: when that silo is not in the cluster (any more), calls fail with <see cref="NodeNotFoundException"/>.
/// </summary>
[Alias("RayOrleans.ILocalSchedulerGrain")]
public interface ILocalSchedulerGrain : IGrainWithStringKey
{
    /// <summary>Answers as soon as the silo gets to it: a measure of the silo's responsiveness.</summary>
    [Alias("Ping")]
    ValueTask Ping();

    /// <summary>What the node is doing now.</summary>
    [Alias("GetStatus")]
    ValueTask<LocalSchedulerStatus> GetStatus();

    /// <summary>
    /// What the node and the shards of its silo keep for jobs, amounts by name: objects, tasks, actors, taken resources, bytes of its store, rows of
    /// the object table. Empty once all jobs have ended and nobody refers to their objects; for looking for leaks.
    /// </summary>
    /// <param name="collectGarbage">Whether the process collects its garbage first: references that are garbage hold objects until then.</param>
    [Alias("GetHoldings")]
    ValueTask<IReadOnlyDictionary<string, double>> GetHoldings(bool collectGarbage);
}
