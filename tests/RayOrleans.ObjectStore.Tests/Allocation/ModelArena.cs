namespace RayOrleans.ObjectStore.Tests;

/// <summary>The allocator with a commit that always works, beside a naive list of what is taken that checks every answer.</summary>
internal sealed class ModelArena(long capacity)
{
    private readonly RunAllocator _runs = new(capacity);
    private readonly SortedList<long, (int Run, long Length)> _taken = [];

    public int Count => _taken.Count;

    public long CommittedBytes => _runs.CommittedBytes;

    public int RunCount => _runs.RunCount;

    public long? Take(long length)
    {
        long rounded = RunAllocator.Round(length);
        int run = _runs.TryTake(rounded, lastResort: false);
        while (run < 0 && _runs.PlanCommit(rounded, out long start, out long end))
        {
            Assert.True(start < end && start % 4096 == 0 && end % 4096 == 0, $"plan {start}..{end}");
            _runs.Committed(start, end);
            run = _runs.TryTake(rounded, lastResort: false);
        }

        if (run < 0)
            run = _runs.TryTake(rounded, lastResort: true);
        if (run < 0)
        {
            Assert.True(LargestGap() < rounded, $"refused {rounded} with a gap of {LargestGap()}");
            return null;
        }

        return Taken(run, rounded);
    }

    /// <summary>Takes a large run at a place; null: it is not free there, or not found among the first few.</summary>
    public long? TakeAt(long offset, long length)
    {
        long rounded = RunAllocator.Round(length);
        int run = _runs.TryTakeAt(offset, rounded);
        if (run < 0)
            return null;
        Assert.Equal(offset, _runs.OffsetOf(run));
        return Taken(run, rounded);
    }

    private long Taken(int run, long rounded)
    {
        long offset = _runs.OffsetOf(run);
        Assert.Equal(rounded, _runs.LengthOf(run));
        Assert.Equal(0, offset % RunAllocator.Alignment);
        Assert.InRange(offset, 0, capacity - rounded);
        _taken.Add(offset, (run, rounded));
        int at = _taken.IndexOfKey(offset);
        if (at > 0)
            Assert.True(_taken.GetKeyAtIndex(at - 1) + _taken.GetValueAtIndex(at - 1).Length <= offset, "overlaps the run before");
        if (at + 1 < _taken.Count)
            Assert.True(offset + rounded <= _taken.GetKeyAtIndex(at + 1), "overlaps the run after");
        return offset;
    }

    public void GiveBack(long offset)
    {
        _runs.GiveBack(_taken[offset].Run);
        _taken.Remove(offset);
    }

    public void GiveBackAt(int index) => GiveBack(_taken.GetKeyAtIndex(index));

    public void CheckLargest() => Assert.Equal(LargestGap(), _runs.LargestFree());

    private long LargestGap()
    {
        long largest = 0, end = 0;
        foreach ((long offset, (int _, long length)) in _taken)
        {
            largest = Math.Max(largest, offset - end);
            end = offset + length;
        }

        return Math.Max(largest, capacity - end);
    }
}
