using System.Diagnostics;

namespace RayOrleans.ObjectStore;

/// <summary>
/// Hands out runs of the arena; pure bookkeeping, no memory is touched. Not thread-safe.
/// Large runs grow from the bottom and small ones from the top, with the never-used wilderness between: a long-lived small run
/// never sits in the middle of the hole that a large run left. Runs given back are merged with their neighbours at once, and used
/// memory is preferred to the wilderness, because the first write to a page costs ten times the copy.
/// </summary>
internal sealed class RunAllocator
{
    public const int Alignment = 64;

    /// <summary>Runs up to this length are small.</summary>
    public const long SmallLimit = 64 * 1024;

    private const long LargeGranule = 4096;
    public const long CommitGranule = 1 << 20;

    private readonly RunTable _runs = new();
    private readonly FreeBins _low;
    private readonly FreeBins _high;
    private readonly long _capacity;
    private long _lowEnd;
    private long _highStart;
    private long _lowCommitted;
    private long _highCommitted;
    private int _lowTail = RunTable.None;
    private int _highHead = RunTable.None;

    public RunAllocator(long capacity)
    {
        _capacity = _highStart = _highCommitted = capacity;
        _low = new FreeBins(_runs, RunState.FreeLow);
        _high = new FreeBins(_runs, RunState.FreeHigh);
    }

    public long CommittedBytes => FullyCommitted ? _capacity : _lowCommitted + _capacity - _highCommitted;

    public long UntouchedBytes => _highStart - _lowEnd;

    /// <summary>Runs in the table, free and taken.</summary>
    public int RunCount => _runs.Count;

    private bool FullyCommitted => _lowCommitted >= _highCommitted;

    /// <summary>The length that is really taken for a block of <paramref name="length"/> bytes.</summary>
    public static long Round(long length)
    {
        long granule = length <= SmallLimit ? Alignment : LargeGranule;
        return Math.Max(Alignment, (length + granule - 1) & -granule);
    }

    public long OffsetOf(int run) => _runs[run].Offset;

    public long LengthOf(int run) => _runs[run].Length;

    /// <summary>Takes a run from committed memory, or returns <see cref="RunTable.None"/>. A small run leaves the large area alone unless <paramref name="lastResort"/>.</summary>
    public int TryTake(long length, bool lastResort)
    {
        Debug.Assert(length == Round(length));
        if (length <= SmallLimit)
        {
            int small = TakeFromBins(_high, length, lastResort, fromTop: true);
            if (small == RunTable.None)
                small = TakeFromHighEdge(length);
            if (small != RunTable.None || !lastResort)
                return small;
        }

        int run = TakeFromBins(_low, length, lastResort, fromTop: false);
        if (run == RunTable.None)
            run = TakeFromLowEdge(length);
        if (run == RunTable.None)
            run = TakeAcross(length);
        return run != RunTable.None ? run : TakeFromBins(_high, length, lastResort, fromTop: false);
    }

    /// <summary>Takes a large run at a place that was in use before, or returns <see cref="RunTable.None"/> when that is not free as a whole.</summary>
    public int TryTakeAt(long offset, long length)
    {
        Debug.Assert(length == Round(length) && length > SmallLimit);
        int run = _low.FindAround(offset, length);
        if (run == RunTable.None)
            return run;
        _low.Remove(run);
        if (_runs[run].Offset < offset)
        {
            int lower = run;
            run = Split(lower, offset - _runs[lower].Offset);
            List(lower);
        }

        return Carve(run, length, fromTop: false);
    }

    /// <summary>Which part of the wilderness must be committed so that <see cref="TryTake"/> can succeed; false when none would help.</summary>
    public bool PlanCommit(long length, out long start, out long end)
    {
        start = _lowCommitted;
        end = _highCommitted;
        if (FullyCommitted)
            return false;
        if (length <= SmallLimit)
        {
            long top = _highStart + FreeHead() - length;
            if (top >= _lowEnd)
            {
                start = Math.Max(_lowCommitted, top & -CommitGranule);
                return start < end;
            }
        }

        long target = _lowEnd - FreeTail() + length;
        if (target > _highStart + FreeHead())
            return false;
        end = Math.Min(_highCommitted, (target + CommitGranule - 1) & -CommitGranule);
        return start < end;
    }

    /// <summary>The next step towards <paramref name="reserve"/> bytes committed ahead of need, or false when that is so.</summary>
    public bool PlanReserve(long reserve, long step, out long start, out long end)
    {
        start = _lowCommitted;
        end = _highCommitted;
        if (FullyCommitted)
            return false;
        if (_highStart - _highCommitted < reserve / 16)
        {
            start = Math.Max(_lowCommitted, (_highCommitted - step) & -LargeGranule);
            return true;
        }

        end = Math.Min(_highCommitted, _lowCommitted + step);
        return _lowCommitted - _lowEnd < reserve;
    }

    /// <summary>Records that the file system has committed a range planned before.</summary>
    public void Committed(long start, long end)
    {
        if (start == _lowCommitted)
            _lowCommitted = end;
        else
            _highCommitted = start;
    }

    public void GiveBack(int run)
    {
        Debug.Assert(_runs[run].State == RunState.Taken);
        int next = _runs[run].Next;
        if (IsFreeAfter(run, next))
        {
            Unlist(next);
            Merge(run, next);
        }

        int previous = _runs[run].Previous;
        if (previous != RunTable.None && IsFreeAfter(run: previous, next: run, free: previous))
        {
            Unlist(previous);
            Merge(previous, run);
            run = previous;
        }

        List(run);
    }

    public long LargestFree()
    {
        long edge = _highStart > _lowEnd ? FreeTail() + UntouchedBytes + FreeHead() : 0;
        return Math.Max(edge, Math.Max(_low.Largest(), _high.Largest()));
    }

    /// <summary>Takes a free run that has granules to give back to the system, whole, out of the lists; <see cref="GiveBack"/> lists it again.</summary>
    public int TakeCold(GranuleMap granules, long most, out long start, out long end)
    {
        int run = FindCold(_low, granules, most, out start, out end);
        if (run == RunTable.None)
            run = FindCold(_high, granules, most, out start, out end);
        if (run != RunTable.None)
            Unlist(run);
        return run;
    }

    /// <summary>Lets go of the memory that was committed ahead of need: it does not count as committed any more, and the caller gives it back to the system.</summary>
    public bool DropReserve(out long start, out long end)
    {
        start = (_lowEnd + CommitGranule - 1) & -CommitGranule;
        end = _highStart & -CommitGranule;
        bool isFull = FullyCommitted;
        // What was not committed must not come to count as committed by rounding.
        long low = isFull ? start : Math.Min(_lowCommitted, start);
        long high = isFull ? end : Math.Max(_highCommitted, end);
        bool hasReserve = start < end && (isFull || low < _lowCommitted || high > _highCommitted);
        if (hasReserve)
            (_lowCommitted, _highCommitted) = (low, high);
        return hasReserve;
    }

    private int FindCold(FreeBins bins, GranuleMap granules, long most, out long start, out long end)
    {
        (start, end) = (0, 0);
        for (int run = bins.FirstFrom(CommitGranule, RunTable.None); run != RunTable.None; run = bins.FirstFrom(CommitGranule, run))
        {
            if (granules.TryFindCold(_runs[run].Offset, _runs[run].Length, most, out start, out end))
                return run;
        }

        return RunTable.None;
    }

    private bool IsFreeAfter(int run, int next) => next != RunTable.None && IsFreeAfter(run, next, next);

    private bool IsFreeAfter(int run, int next, int free)
        => _runs[free].State is RunState.FreeLow or RunState.FreeHigh && _runs[run].End == _runs[next].Offset;

    private int TakeFromBins(FreeBins bins, long length, bool thorough, bool fromTop)
    {
        int run = bins.Find(length, thorough);
        if (run == RunTable.None)
            return run;
        bins.Remove(run);
        return Carve(run, length, fromTop);
    }

    /// <summary>Cuts an unlisted run down to <paramref name="length"/> and lists the rest.</summary>
    private int Carve(int run, long length, bool fromTop)
    {
        long rest = _runs[run].Length - length;
        if (rest == 0)
            return run;
        int upper = Split(run, fromTop ? rest : length);
        List(fromTop ? run : upper);
        return fromTop ? upper : run;
    }

    private int TakeFromLowEdge(long length)
    {
        long tail = FreeTail();
        long end = _lowEnd - tail + length;
        if (_lowEnd == _highStart || end > _highStart || (end > _lowCommitted && !FullyCommitted))
            return RunTable.None;
        int run = _lowTail;
        if (tail > 0)
        {
            Unlist(run);
            _runs[run].Length = length;
        }
        else
        {
            run = InsertBetween(_lowTail, _highHead, _lowEnd, length);
            _lowTail = run;
        }

        _lowEnd = end;
        return run;
    }

    private int TakeFromHighEdge(long length)
    {
        long head = FreeHead();
        long start = _highStart + head - length;
        if (_lowEnd == _highStart || start < _lowEnd || (start < _highCommitted && !FullyCommitted))
            return RunTable.None;
        int run = _highHead;
        if (head > 0)
        {
            Unlist(run);
            _runs[run].Offset = start;
            _runs[run].Length = length;
        }
        else
        {
            run = InsertBetween(_lowTail, _highHead, start, length);
            _highHead = run;
        }

        _highStart = start;
        return run;
    }

    /// <summary>Takes a run that spans the free end of the low part, all of the wilderness and the free start of the high part.</summary>
    private int TakeAcross(long length)
    {
        if (_lowEnd == _highStart || !FullyCommitted)
            return RunTable.None;
        long tail = FreeTail(), head = FreeHead();
        if (tail + UntouchedBytes + head < length)
            return RunTable.None;
        int run = InsertBetween(_lowTail, _highHead, _lowEnd, UntouchedBytes);
        int low = _lowTail, high = _highHead;
        _lowEnd = _highStart;
        if (head > 0)
        {
            Unlist(high);
            Merge(run, high);
        }

        if (tail > 0)
        {
            Unlist(low);
            Merge(low, run);
            run = low;
        }

        return Carve(run, length, fromTop: false);
    }

    private long FreeTail() => _lowTail != RunTable.None && _runs[_lowTail].State == RunState.FreeLow ? _runs[_lowTail].Length : 0;

    private long FreeHead() => _highHead != RunTable.None && _runs[_highHead].State == RunState.FreeHigh ? _runs[_highHead].Length : 0;

    private void List(int run) => (_runs[run].Offset >= _highStart ? _high : _low).Add(run);

    private void Unlist(int run) => (_runs[run].State == RunState.FreeHigh ? _high : _low).Remove(run);

    private int InsertBetween(int previous, int next, long offset, long length)
    {
        int run = _runs.Add(offset, length);
        Link(previous, run);
        Link(run, next);
        return run;
    }

    private int Split(int run, long lowerLength)
    {
        long upperLength = _runs[run].Length - lowerLength;
        int upper = InsertBetween(run, _runs[run].Next, _runs[run].Offset + lowerLength, upperLength);
        _runs[run].Length = lowerLength;
        if (_lowTail == run)
            _lowTail = upper;
        return upper;
    }

    private void Merge(int lower, int upper)
    {
        _runs[lower].Length += _runs[upper].Length;
        Link(lower, _runs[upper].Next);
        if (_lowTail == upper)
            _lowTail = lower;
        if (_highHead == upper)
            _highHead = lower;
        _runs.Remove(upper);
    }

    private void Link(int previous, int next)
    {
        if (previous != RunTable.None)
            _runs[previous].Next = next;
        if (next != RunTable.None)
            _runs[next].Previous = previous;
    }
}
