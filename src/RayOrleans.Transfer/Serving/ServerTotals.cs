namespace RayOrleans.Transfer;

/// <summary>What a <see cref="TransferServer"/> has done; a snapshot of counters that move independently.</summary>
public readonly record struct ServerTotals
{
    /// <summary>Bytes of objects sent.</summary>
    public long BytesOut { get; init; }

    /// <summary>Requests for bytes answered in full.</summary>
    public long Served { get; init; }

    /// <summary>Requests for objects or versions that were not here.</summary>
    public long NotHere { get; init; }

    /// <summary>Requests that were sent elsewhere, because as many nodes as may read the object did so.</summary>
    public long Busy { get; init; }

    /// <summary>Connections open now.</summary>
    public int Connections { get; init; }

    /// <summary>Connections accepted since the start.</summary>
    public long Accepted { get; init; }

    /// <summary>Connections closed because there were too many.</summary>
    public long Crowded { get; init; }

    /// <summary>Connections closed during the handshake: strangers, other versions, other secrets, too slow.</summary>
    public long Rejected { get; init; }

    /// <summary>Connections closed because of garbage, a stall, a failed source or a reset, after the handshake.</summary>
    public long Broken { get; init; }
}
