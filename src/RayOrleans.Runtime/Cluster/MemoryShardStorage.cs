namespace RayOrleans.Runtime.Cluster;

/// <summary>Keeps nothing but the epoch of this process's last activation of the shard. Thread-safe.</summary>
internal sealed class MemoryShardStorage : IShardStorage
{
    private long _epoch;

    public ValueTask<long> RaiseEpochAsync(long atLeast, CancellationToken cancellationToken)
    {
        long before, after;
        do
        {
            before = Volatile.Read(ref _epoch);
            after = Math.Max(before + 1, atLeast);
        }
        while (Interlocked.CompareExchange(ref _epoch, after, before) != before);

        return new(after);
    }
}
