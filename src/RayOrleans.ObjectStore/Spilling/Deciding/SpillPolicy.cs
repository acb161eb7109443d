namespace RayOrleans.ObjectStore;

/// <summary>Decides how much to spill. Pure.</summary>
internal sealed class SpillPolicy(long capacity, double threshold, long fileBytes)
{
    private const int SmallestShare = 8;
    private readonly long _thresholdBytes = threshold >= 1 ? long.MaxValue : (long)(capacity * threshold);

    /// <summary>Objects are fused up to this size; those of at least half of it are written alone.</summary>
    public long FileBytes { get; } = Math.Max(1, Math.Min(fileBytes, capacity / SmallestShare));

    public bool IsLarge(long length) => length >= FileBytes / 2;

    /// <summary>
    /// Bytes to spill now; 0: none. From the threshold on a file's worth more than what is above it, so that files are full and the next is a while away.
    /// While somebody waits, as much as he asks for, again and again: whatever is evictable has been taken for him already. What rests is nearly his:
    /// nothing is written instead of waiting for that.
    /// </summary>
    public long BytesToSpill(in SpillPressure pressure)
    {
        long hard = pressure.Used - pressure.Evictable - pressure.Resting - pressure.InFlight;
        long above = hard > _thresholdBytes ? hard - _thresholdBytes + FileBytes : 0;
        long wanted = pressure.Wanted - pressure.Resting - pressure.InFlight;
        return Math.Max(above, Math.Max(wanted, 0));
    }
}
