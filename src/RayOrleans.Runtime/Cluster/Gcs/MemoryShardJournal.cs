namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>
/// Keeps nothing but the epoch, and that in this process only: a shard starts from nothing, and the nodes tell it again what they have. One that leaves in good
/// order has left what it knew to the next.
/// </summary>
internal sealed class MemoryShardJournal : IShardJournal, IMovableShardStorage
{
    private long _epoch;
    private IReadOnlyList<ReadOnlyMemory<byte>>? _left;

    public bool KeepsRecords => false;

    public ValueTask<long> RaiseEpochAsync(long atLeast, CancellationToken cancellationToken)
    {
        while (true)
        {
            long before = Volatile.Read(ref _epoch);
            long after = Math.Max(before + 1, atLeast);
            if (Interlocked.CompareExchange(ref _epoch, after, before) == before)
            {
                return new(after);
            }
        }
    }

    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(long epoch, CancellationToken cancellationToken = default)
    {
        Check(epoch);
        return (Interlocked.Exchange(ref _left, null) ?? []).ToAsyncEnumerable();
    }

    public ValueTask LeaveAsync(long epoch, IReadOnlyList<ReadOnlyMemory<byte>> state)
    {
        Check(epoch);
        Volatile.Write(ref _left, state);
        return ValueTask.CompletedTask;
    }

    public ValueTask AppendAsync(long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        Check(epoch);
        return ValueTask.CompletedTask;
    }

    public ValueTask ReplaceAsync(long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        Check(epoch);
        return ValueTask.CompletedTask;
    }

    private void Check(long epoch)
    {
        long newest = Volatile.Read(ref _epoch);
        if (epoch < newest)
        {
            throw new StaleEpochException("Shard in memory", epoch, newest);
        }
    }
}
