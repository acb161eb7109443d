namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>What a node's object store holds, as bytes. Short, because every heartbeat carries it: an error longer than that is cut.</summary>
internal static class StoreInfoWire
{
    public const int MaxErrorLength = 256;

    public static void Write(WireWriter w, ObjectStoreInfo? info)
    {
        w.Flag(info is not null);
        if (info is null)
        {
            return;
        }

        w.Int(info.Objects);
        w.Int(info.PrimaryBytes);
        w.Int(info.SecondaryBytes);
        w.Int(info.PinnedBytes);
        w.Int(info.FallbackBytes);
        w.Int(info.FreeBytes);
        w.Int(info.LargestFreeBytes);
        w.Int(info.SpilledBytes);
        w.Int(info.SpilledObjects);
        w.Int(info.DiskOnlyBytes);
        w.Int(info.SpillFileBytes);
        w.Int(info.Spills);
        w.Int(info.SpilledBytesTotal);
        w.Double(info.SpillBytesPerSecond);
        w.Int(info.Restores);
        w.Int(info.RestoredBytesTotal);
        w.Double(info.RestoreBytesPerSecond);
        w.Int(info.Evictions);
        w.Text(info.SpillError is { Length: > MaxErrorLength } error ? string.Concat(error.AsSpan(0, MaxErrorLength - 1), "…") : info.SpillError);
    }

    public static ObjectStoreInfo? Read(ref WireReader r) => !r.Flag() ? null : new ObjectStoreInfo
    {
        Objects = r.Long(),
        PrimaryBytes = r.Long(),
        SecondaryBytes = r.Long(),
        PinnedBytes = r.Long(),
        FallbackBytes = r.Long(),
        FreeBytes = r.Long(),
        LargestFreeBytes = r.Long(),
        SpilledBytes = r.Long(),
        SpilledObjects = r.Long(),
        DiskOnlyBytes = r.Long(),
        SpillFileBytes = r.Long(),
        Spills = r.Long(),
        SpilledBytesTotal = r.Long(),
        SpillBytesPerSecond = r.Double(),
        Restores = r.Long(),
        RestoredBytesTotal = r.Long(),
        RestoreBytesPerSecond = r.Double(),
        Evictions = r.Long(),
        SpillError = r.Text(),
    };
}
