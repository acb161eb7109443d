namespace RayOrleans.ObjectStore;

/// <summary>A block could not be created: no room after reclaiming, evicting and waiting, or it is larger than the store.</summary>
public sealed class StoreFullException : Exception
{
    internal StoreFullException(long requested, long largestFreeRun, StoreTotals totals, TimeSpan waited, IOException? commitError)
        : base(Describe(requested, largestFreeRun, totals, waited, commitError), commitError)
    {
        RequestedBytes = requested;
        LargestFreeRunBytes = largestFreeRun;
        Totals = totals;
    }

    /// <summary>Length of the block that was asked for, bytes.</summary>
    public long RequestedBytes { get; }

    /// <summary>Longest block that would have fitted, bytes.</summary>
    public long LargestFreeRunBytes { get; }

    /// <summary>What the store held when it gave up.</summary>
    public StoreTotals Totals { get; }

    private static string Describe(long requested, long largest, StoreTotals totals, TimeSpan waited, IOException? commitError)
    {
        string sizes = $"capacity {totals.CapacityBytes}, used {totals.UsedBytes} in {totals.BlockCount} blocks, largest free run {largest}, " +
            $"pinned {totals.PinnedBytes}, quarantined {totals.QuarantinedBytes} (bytes)";
        if (requested > totals.CapacityBytes)
            return $"A block of {requested} bytes can never fit into the object store: {sizes}. Raise ArenaOptions.CapacityBytes or split the object.";
        string text = $"The object store has no room for {requested} bytes after waiting {waited.TotalSeconds:0.###} s: {sizes}. ";
        if (commitError is not null)
            return text + commitError.Message + " Free space there or lower ArenaOptions.CapacityBytes to what it can hold.";
        if (totals.Spill.LastError is { } spill)
            text += $"Spilling to disk failed: {spill} ";
        return text + (totals.CapacityBytes - totals.UsedBytes >= requested
            ? "There is enough free memory, but not in one piece: delete or unpin blocks, or raise ArenaOptions.CapacityBytes."
            : "Delete blocks, release pins, or raise ArenaOptions.CapacityBytes.");
    }
}
