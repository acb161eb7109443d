namespace RayOrleans.ObjectStore;

/// <summary>
/// What happened to each granule of the arena: in use in this period or the one before, and given back to the system. Not thread-safe, but for
/// <see cref="PunchedCount"/>.
/// </summary>
internal sealed class GranuleMap(long capacity)
{
    public const long GranuleBytes = RunAllocator.CommitGranule;

    private readonly ulong[] _punched = NewBits(capacity);
    private ulong[] _hot = NewBits(capacity);
    private ulong[] _warm = NewBits(capacity);
    private int _punchedCount;

    public int PunchedCount => Volatile.Read(ref _punchedCount);

    /// <summary>Whether nothing was touched in this period and the one before.</summary>
    public bool IsIdle => !_hot.AsSpan().ContainsAnyExcept(0UL) && !_warm.AsSpan().ContainsAnyExcept(0UL);

    /// <summary>A run was taken or given back.</summary>
    public void Touch(long offset, long length) => Set(_hot, offset / GranuleBytes, (offset + length + GranuleBytes - 1) / GranuleBytes);

    public void NextPeriod()
    {
        (_hot, _warm) = (_warm, _hot);
        Array.Clear(_hot);
    }

    /// <summary>The first granules in a row, wholly inside a range, that were not touched lately and are not given back; at most so many bytes.</summary>
    public bool TryFindCold(long offset, long length, long most, out long start, out long end)
    {
        long last = (offset + length) / GranuleBytes;
        long granule = (offset + GranuleBytes - 1) / GranuleBytes;
        while (granule < last && !IsCold(granule))
            granule++;
        start = granule * GranuleBytes;
        while (granule < last && IsCold(granule) && (granule * GranuleBytes) - start < most)
            granule++;
        end = granule * GranuleBytes;
        return start < end;
    }

    /// <summary>The first granules in a row, touching a range, that are given back.</summary>
    public bool TryFindPunched(long offset, long length, out long start, out long end)
    {
        long last = (offset + length + GranuleBytes - 1) / GranuleBytes;
        long granule = offset / GranuleBytes;
        while (granule < last && !IsSet(_punched, granule))
            granule++;
        start = granule * GranuleBytes;
        while (granule < last && IsSet(_punched, granule))
            granule++;
        end = granule * GranuleBytes;
        return start < end;
    }

    public void Punched(long start, long end)
    {
        Set(_punched, start / GranuleBytes, end / GranuleBytes);
        Volatile.Write(ref _punchedCount, _punchedCount + (int)((end - start) / GranuleBytes));
    }

    public void Filled(long start, long end)
    {
        for (long granule = start / GranuleBytes; granule < end / GranuleBytes; granule++)
            _punched[granule >> 6] &= ~(1UL << (int)(granule & 63));
        Volatile.Write(ref _punchedCount, _punchedCount - (int)((end - start) / GranuleBytes));
    }

    private static ulong[] NewBits(long capacity) => new ulong[((capacity + GranuleBytes - 1) / GranuleBytes + 63) / 64];

    private static bool IsSet(ulong[] bits, long granule) => (bits[granule >> 6] & (1UL << (int)(granule & 63))) != 0;

    private static void Set(ulong[] bits, long first, long end)
    {
        while (first < end)
        {
            int from = (int)(first & 63);
            int count = (int)Math.Min(64 - from, end - first);
            bits[first >> 6] |= (ulong.MaxValue >> (64 - count)) << from;
            first += count;
        }
    }

    private bool IsCold(long granule) => !IsSet(_hot, granule) && !IsSet(_warm, granule) && !IsSet(_punched, granule);
}
