namespace RayOrleans.Transfer;

/// <summary>The counters behind <see cref="ServerTotals"/>.</summary>
internal sealed class ServerCounters
{
    public long BytesOut;
    public long Served;
    public long NotHere;
    public long Busy;
    public long Accepted;
    public long Crowded;
    public long Rejected;
    public long Broken;

    public ServerTotals Read(int connections) => new()
    {
        BytesOut = Volatile.Read(ref BytesOut),
        Served = Volatile.Read(ref Served),
        NotHere = Volatile.Read(ref NotHere),
        Busy = Volatile.Read(ref Busy),
        Connections = connections,
        Accepted = Volatile.Read(ref Accepted),
        Crowded = Volatile.Read(ref Crowded),
        Rejected = Volatile.Read(ref Rejected),
        Broken = Volatile.Read(ref Broken),
    };
}
