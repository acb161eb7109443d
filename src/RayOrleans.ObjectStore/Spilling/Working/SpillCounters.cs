namespace RayOrleans.ObjectStore;

/// <summary>What spilling and restoring have done since the start. Thread-safe.</summary>
internal sealed class SpillCounters
{
    public long SpilledObjects;
    public long SpilledBytes;
    public long SpillTicks;
    public long RestoredObjects;
    public long RestoredBytes;
    public long RestoreTicks;
    public long Damaged;
    public long DiskOnlyBytes;
    public long DiskOnlyObjects;
    public long MovedBytes;

    public void Spilled(int objects, long bytes, TimeSpan spent)
    {
        Interlocked.Add(ref SpilledObjects, objects);
        Interlocked.Add(ref SpilledBytes, bytes);
        Interlocked.Add(ref SpillTicks, spent.Ticks);
    }

    public void Restored(long bytes, TimeSpan spent)
    {
        Interlocked.Increment(ref RestoredObjects);
        Interlocked.Add(ref RestoredBytes, bytes);
        Interlocked.Add(ref RestoreTicks, spent.Ticks);
    }
}
