namespace RayOrleans.ObjectStore;

/// <summary>
/// Private metadata of the runs, in segments without object references: growing copies nothing and the collector scans nothing.
/// 40 bytes per run; the number of free runs is at most one more than that of runs in use. Not thread-safe.
/// </summary>
internal sealed class RunTable
{
    public const int None = -1;
    private const int SegmentShift = 12;
    private const int SegmentSize = 1 << SegmentShift;

    private RunNode[][] _segments = [new RunNode[SegmentSize]];
    private int _used;
    private int _recycled = None;

    public ref RunNode this[int index] => ref _segments[index >> SegmentShift][index & (SegmentSize - 1)];

    /// <summary>Runs in use or free, without the recycled entries.</summary>
    public int Count { get; private set; }

    public int Add(long offset, long length)
    {
        int index = _recycled;
        if (index != None)
            _recycled = this[index].Next;
        else
            index = Grow();
        this[index] = new RunNode
        {
            Offset = offset,
            Length = length,
            Previous = None,
            Next = None,
            PreviousFree = None,
            NextFree = None,
            State = RunState.Taken,
        };
        Count++;
        return index;
    }

    public void Remove(int index)
    {
        ref RunNode node = ref this[index];
        node.State = RunState.Unused;
        node.Next = _recycled;
        _recycled = index;
        Count--;
    }

    private int Grow()
    {
        int index = _used++;
        int segment = index >> SegmentShift;
        if (segment == _segments.Length)
            Array.Resize(ref _segments, _segments.Length * 2);
        // Readers outside the allocator's lock never see this table, so a plain store is enough.
        _segments[segment] ??= new RunNode[SegmentSize];
        return index;
    }
}
