using System.Collections.Concurrent;
using System.Net;

namespace RayOrleans.Transfer;

/// <summary>The peers that were ever pulled from and not forgotten. Thread-safe.</summary>
internal sealed class PeerBook : IDisposable
{
    private readonly ConcurrentDictionary<EndPoint, Peer> _peers = new();
    private readonly PullerOptions _options;
    private readonly ITimer _sweep;
    private long _forgottenBytes;

    public PeerBook(PullerOptions options)
    {
        _options = options;
        TimeSpan period = options.IdleTimeout / 2;
        _sweep = options.TimeProvider.CreateTimer(static self => ((PeerBook)self!).Sweep(), this, period, period);
    }

    /// <summary>Bytes received from all of them, forgotten ones included.</summary>
    public long BytesIn => Volatile.Read(ref _forgottenBytes) + _peers.Values.Sum(static peer => peer.GetTotals().BytesIn);

    public Peer Get(EndPoint endPoint) => _peers.GetOrAdd(endPoint, static (key, options) => new Peer(key, options), _options);

    public bool IsSuspect(EndPoint endPoint) => _peers.TryGetValue(endPoint, out Peer? peer) && peer.IsSuspect;

    public IReadOnlyList<PeerTotals> GetTotals() => [.. _peers.Values.Select(static peer => peer.GetTotals())];

    public void Forget(EndPoint endPoint)
    {
        if (!_peers.TryRemove(endPoint, out Peer? peer))
            return;
        Interlocked.Add(ref _forgottenBytes, peer.GetTotals().BytesIn);
        peer.Dispose();
    }

    public void Dispose()
    {
        _sweep.Dispose();
        foreach (Peer peer in _peers.Values)
            peer.Dispose();
    }

    private void Sweep()
    {
        foreach (Peer peer in _peers.Values)
            peer.Pool.CloseIdle();
    }
}
