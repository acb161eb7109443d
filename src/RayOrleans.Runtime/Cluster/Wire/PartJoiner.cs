namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>
/// The receiving end of <see cref="RequestParts"/>: one per party, in front of it. Requests that come whole go straight through. What is kept for requests that
/// are not whole yet is bounded, and given up when nothing was added to it for a while. Thread-safe.
/// </summary>
internal sealed class PartJoiner(TimeProvider time)
{
    /// <summary>How many bytes are kept for unfinished requests; at this bound no new one begins.</summary>
    public const long MaxKeptBytes = 256L << 20;

    /// <summary>How long an unfinished request is kept without anything being added: far longer than the calls of its parts last.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private readonly Dictionary<(NodeId Sender, long Transfer), Unfinished> _unfinished = [];
    private long _kept;

    /// <summary>Bytes that are kept for unfinished requests.</summary>
    public long KeptBytes
    {
        get
        {
            lock (_lock)
            {
                return _kept;
            }
        }
    }

    /// <summary>Gives the party a request: this one, or the one that this part completes.</summary>
    /// <exception cref="CorruptBatchException">The bytes are no part.</exception>
    /// <exception cref="IOException">Too much is kept already; the sender tries again later.</exception>
    public ValueTask<byte[]> TakeAsync(IClusterParty party, ReadOnlyMemory<byte> request) =>
        RequestParts.IsPart(request.Span) ? TakeAsync(party.OnBatchAsync, request) : party.OnBatchAsync(request);

    /// <summary>Gives somebody a request: this one, or the one that this part completes.</summary>
    /// <inheritdoc cref="TakeAsync(IClusterParty, ReadOnlyMemory{byte})"/>
    public ValueTask<byte[]> TakeAsync(Func<ReadOnlyMemory<byte>, ValueTask<byte[]>> take, ReadOnlyMemory<byte> request)
    {
        if (!RequestParts.IsPart(request.Span))
        {
            return take(request);
        }

        PartHeader header = RequestParts.ReadHeader(request.Span);
        byte[]? whole;
        lock (_lock)
        {
            if (Find(header) is not { } unfinished || unfinished.Length != header.Offset || unfinished.Bytes.Length != header.Total)
            {
                return new(RequestParts.Unknown);
            }

            whole = Add((header.Sender, header.Transfer), unfinished, request.Span[RequestParts.HeaderBytes..]);
        }

        return whole is null ? new(RequestParts.Kept) : JoinAsync(take, whole);
    }

    private static async ValueTask<byte[]> JoinAsync(Func<ReadOnlyMemory<byte>, ValueTask<byte[]>> take, byte[] whole) => RequestParts.Joined(await take(whole));

    private Unfinished? Find(PartHeader header)
    {
        (NodeId, long) key = (header.Sender, header.Transfer);
        if (header.Offset > 0)
        {
            return _unfinished.GetValueOrDefault(key);
        }

        GiveUpOld();
        if (_kept + header.Total > MaxKeptBytes && _unfinished.Count > 0)
        {
            throw new IOException($"{_kept} bytes of unfinished requests are kept already; {header.Total} more are over the bound of {MaxKeptBytes}.");
        }

        Forget(key);
        Unfinished unfinished = new(new byte[header.Total]);
        _unfinished.Add(key, unfinished);
        _kept += header.Total;
        return unfinished;
    }

    private byte[]? Add((NodeId, long) key, Unfinished unfinished, ReadOnlySpan<byte> part)
    {
        part.CopyTo(unfinished.Bytes.AsSpan(unfinished.Length));
        unfinished.Length += part.Length;
        unfinished.LastAdded = time.GetTimestamp();
        if (unfinished.Length < unfinished.Bytes.Length)
        {
            return null;
        }

        Forget(key);
        return unfinished.Bytes;
    }

    private void GiveUpOld()
    {
        foreach ((NodeId, long) key in _unfinished.Where(u => time.GetElapsedTime(u.Value.LastAdded) > KeptFor).Select(u => u.Key).ToList())
        {
            Forget(key);
        }
    }

    private void Forget((NodeId, long) key)
    {
        if (_unfinished.Remove(key, out Unfinished? old))
        {
            _kept -= old.Bytes.Length;
        }
    }

    private sealed class Unfinished(byte[] bytes)
    {
        public byte[] Bytes { get; } = bytes;

        public int Length { get; set; }

        public long LastAdded { get; set; }
    }
}
