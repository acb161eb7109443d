namespace RayOrleans.ObjectStore;

/// <summary>
/// Small runs freed lately on one processor, ready for reuse without the allocator's own lock, and that processor's share of the
/// totals. Bounded by bytes; the runs count as taken until <see cref="Drain_NeedsLock"/> gives them back.
/// </summary>
internal sealed class RunShard(long cacheBytes)
{
    /// <summary>Longest run that is cached.</summary>
    public const long CachedLimit = 4096;
    private const int Sizes = (int)(CachedLimit / RunAllocator.Alignment);
    private const int PerSize = 64;

    public readonly Lock Gate = new();
    public ShardTotals Totals;

    private readonly CachedRun[]?[] _stacks = new CachedRun[]?[Sizes + 1];
    private readonly int[] _counts = new int[Sizes + 1];
    private long _bytes;

    public bool TryPop_NeedsLock(long length, out CachedRun run)
    {
        int size = (int)(length / RunAllocator.Alignment);
        int count = _counts[size];
        if (count == 0)
        {
            run = default;
            return false;
        }

        run = _stacks[size]![count - 1];
        _counts[size] = count - 1;
        _bytes -= length;
        return true;
    }

    public bool TryPush_NeedsLock(long length, CachedRun run)
    {
        int size = (int)(length / RunAllocator.Alignment);
        int count = _counts[size];
        if (count == PerSize || _bytes + length > cacheBytes)
            return false;
        (_stacks[size] ??= new CachedRun[PerSize])[count] = run;
        _counts[size] = count + 1;
        _bytes += length;
        return true;
    }

    public void Drain_NeedsLock(RunAllocator runs)
    {
        if (_bytes == 0)
            return;
        for (int size = 0; size <= Sizes; size++)
        {
            for (int i = 0; i < _counts[size]; i++)
                runs.GiveBack(_stacks[size]![i].Run);
            _counts[size] = 0;
        }

        _bytes = 0;
    }
}
