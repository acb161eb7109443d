using System.Net;

namespace RayOrleans.Transfer;

/// <summary>One peer: its connections and what is known about it. Thread-safe.</summary>
internal sealed class Peer(EndPoint endPoint, PullerOptions options) : IDisposable
{
    private long _bytesIn;
    private long _failures;
    private long _wrongChecksums;

    public EndPoint EndPoint { get; } = endPoint;

    public PeerPool Pool { get; } = new(endPoint, options);

    public Bandwidth Bandwidth { get; } = new();

    /// <summary>Whether its bytes were ever wrong.</summary>
    public bool IsSuspect => Volatile.Read(ref _wrongChecksums) > 0;

    public void Received(long bytes) => Interlocked.Add(ref _bytesIn, bytes);

    public void Failed() => Interlocked.Increment(ref _failures);

    public void Lied() => Interlocked.Increment(ref _wrongChecksums);

    public PeerTotals GetTotals() => new()
    {
        Peer = EndPoint,
        BytesPerSecond = Bandwidth.BytesPerSecond,
        BytesIn = Volatile.Read(ref _bytesIn),
        Failures = Volatile.Read(ref _failures),
        WrongChecksums = Volatile.Read(ref _wrongChecksums),
        Connections = Pool.Count,
    };

    public void Dispose() => Pool.Dispose();
}
