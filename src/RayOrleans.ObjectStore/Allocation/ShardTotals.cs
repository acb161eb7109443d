using System.Runtime.InteropServices;

namespace RayOrleans.ObjectStore;

/// <summary>One shard's counters; sums over the shards are the store's totals. Changed with interlocked operations only.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct ShardTotals
{
    // The first and last 64 bytes keep neighbouring objects off these cache lines.
    [FieldOffset(64)] public long UsedBytes;
    [FieldOffset(72)] public long PinnedBytes;

    /// <summary>How often a block came to be pinned: counted before it is.</summary>
    [FieldOffset(80)] public long Pinnings;
    [FieldOffset(88)] public long Creates;
    [FieldOffset(96)] public long Frees;
    [FieldOffset(104)] public long Deletes;

    /// <summary>How often a block came to be unpinned: counted after that.</summary>
    [FieldOffset(112)] public long Unpinnings;
}
