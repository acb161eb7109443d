namespace RayOrleans.ObjectStore;

/// <summary>What a <see cref="StoreServer"/> holds; a snapshot of counters that move independently, exact when nothing is in progress.</summary>
public readonly record struct StoreServerTotals
{
    /// <summary>The arena's totals.</summary>
    public StoreTotals Store { get; init; }

    /// <summary>Processes connected.</summary>
    public long Clients { get; init; }

    /// <summary>Pins that clients hold.</summary>
    public long ClientPins { get; init; }

    /// <summary>Objects being written.</summary>
    public long UnsealedObjects { get; init; }

    /// <summary>Sealed objects kept inline, outside the arena.</summary>
    public long InlineObjects { get; init; }

    /// <summary>Bytes of the objects kept inline.</summary>
    public long InlineBytes { get; init; }

    /// <summary>Sealed objects in the arena.</summary>
    public long ArenaObjects { get; init; }

    /// <summary>Bytes of the sealed objects in the arena, before rounding up.</summary>
    public long ArenaObjectBytes { get; init; }
}
