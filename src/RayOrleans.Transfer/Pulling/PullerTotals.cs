namespace RayOrleans.Transfer;

/// <summary>What a <see cref="Puller"/> does and has done; a snapshot.</summary>
public readonly record struct PullerTotals
{
    /// <summary>Bytes of objects received, those of failed pulls and repeated stripes included.</summary>
    public long BytesIn { get; init; }

    /// <summary>Objects being pulled now.</summary>
    public int Running { get; init; }

    /// <summary>Objects that wait for their length or for admission.</summary>
    public int Queued { get; init; }

    /// <summary>Bytes of the objects admitted and not finished.</summary>
    public long BytesInFlight { get; init; }

    /// <summary>Bytes up to which pulls are admitted.</summary>
    public long BudgetBytes { get; init; }

    /// <summary>Objects pulled since the start.</summary>
    public long Pulled { get; init; }

    /// <summary>Objects that could not be pulled.</summary>
    public long Failed { get; init; }

    /// <summary>Objects that nobody wanted any more before they were here.</summary>
    public long Cancelled { get; init; }

    /// <summary>Requests that joined a pull which was there already.</summary>
    public long Joined { get; init; }
}
