namespace RayOrleans.Runtime.Cluster;

/// <summary>
/// What a shard's silo gives it to keep things in. This much the silo needs itself; back ends that journal extend it with an interface of
/// their own, which the shard asks for.
/// </summary>
internal interface IShardStorage
{
    /// <summary>
    /// Raises the recorded epoch to at least a value and returns what is recorded then, always more than was recorded before: a durable
    /// back end writes it before this returns, so that no earlier activation can write any more.
    /// </summary>
    /// <param name="atLeast">The least value, drawn from the cluster's membership.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<long> RaiseEpochAsync(long atLeast, CancellationToken cancellationToken);
}
