using System.Numerics;

namespace RayOrleans.ObjectStore;

/// <summary>
/// Free runs by size: two-level segregated lists (Masmano et al., "TLSF: a new dynamic memory allocator for real-time systems",
/// ECRTS 2004) with 16 classes per power of two. Each list is last-in first-out, so the memory freed last is reused first. Not thread-safe.
/// </summary>
internal sealed class FreeBins(RunTable runs, RunState state)
{
    private const int SubclassBits = 4;
    private const int Subclasses = 1 << SubclassBits;
    private const int Classes = 40 * Subclasses;

    /// <summary>How many runs of the request's own class are looked at before a larger class is used.</summary>
    private const int ScanLimit = 32;

    private readonly int[] _heads = NewHeads();
    private readonly ulong[] _occupied = new ulong[Classes / 64];

    public void Add(int index)
    {
        ref RunNode node = ref runs[index];
        int bin = BinOf(node.Length);
        int head = _heads[bin];
        node.State = state;
        node.PreviousFree = RunTable.None;
        node.NextFree = head;
        if (head != RunTable.None)
            runs[head].PreviousFree = index;
        _heads[bin] = index;
        _occupied[bin >> 6] |= 1UL << (bin & 63);
    }

    public void Remove(int index)
    {
        ref RunNode node = ref runs[index];
        if (node.NextFree != RunTable.None)
            runs[node.NextFree].PreviousFree = node.PreviousFree;
        if (node.PreviousFree != RunTable.None)
            runs[node.PreviousFree].NextFree = node.NextFree;
        else
            SetHead(BinOf(node.Length), node.NextFree);
        node.State = RunState.Taken;
    }

    /// <summary>A free run of at least <paramref name="length"/> bytes, still in its list, or <see cref="RunTable.None"/>.</summary>
    public int Find(long length, bool thorough)
    {
        int bin = BinOf(length);
        int left = thorough ? int.MaxValue : ScanLimit;
        for (int i = _heads[bin]; i != RunTable.None && left > 0; left--)
        {
            ref RunNode node = ref runs[i];
            if (node.Length >= length)
                return i;
            i = node.NextFree;
        }

        int larger = NextOccupied(bin + 1);
        return larger < 0 ? RunTable.None : _heads[larger];
    }

    /// <summary>The free run around a part of the arena, still in its list, or <see cref="RunTable.None"/>: among the first few that are long enough.</summary>
    public int FindAround(long offset, long length)
    {
        int left = ScanLimit;
        for (int run = FirstFrom(length, RunTable.None); run != RunTable.None && left > 0; run = FirstFrom(length, run), left--)
        {
            if (runs[run].Offset <= offset && offset + length <= runs[run].End)
                return run;
        }

        return RunTable.None;
    }

    public long Largest()
    {
        for (int bin = Classes - 1; bin >= 0; bin--)
        {
            long largest = 0;
            for (int i = _heads[bin]; i != RunTable.None; i = runs[i].NextFree)
                largest = Math.Max(largest, runs[i].Length);
            if (largest > 0)
                return largest;
        }

        return 0;
    }

    /// <summary>The next run after one, or the first, among those whose list is that of a length or of longer ones.</summary>
    public int FirstFrom(long length, int after)
    {
        int bin = BinOf(length);
        if (after != RunTable.None)
        {
            if (runs[after].NextFree != RunTable.None)
                return runs[after].NextFree;
            bin = BinOf(runs[after].Length) + 1;
        }

        int next = NextOccupied(bin);
        return next < 0 ? RunTable.None : _heads[next];
    }

    internal static int BinOf(long length)
    {
        ulong units = (ulong)length / RunAllocator.Alignment;
        if (units < Subclasses)
            return (int)units;
        int power = BitOperations.Log2(units);
        int subclass = (int)(units >> (power - SubclassBits)) & (Subclasses - 1);
        return ((power - SubclassBits + 1) << SubclassBits) + subclass;
    }

    private static int[] NewHeads()
    {
        int[] heads = new int[Classes];
        Array.Fill(heads, RunTable.None);
        return heads;
    }

    private void SetHead(int bin, int index)
    {
        _heads[bin] = index;
        if (index == RunTable.None)
            _occupied[bin >> 6] &= ~(1UL << (bin & 63));
    }

    private int NextOccupied(int bin)
    {
        int word = bin >> 6;
        if (word >= _occupied.Length)
            return -1;
        ulong bits = _occupied[word] & (ulong.MaxValue << (bin & 63));
        while (bits == 0)
        {
            if (++word == _occupied.Length)
                return -1;
            bits = _occupied[word];
        }

        return (word << 6) + BitOperations.TrailingZeroCount(bits);
    }
}
