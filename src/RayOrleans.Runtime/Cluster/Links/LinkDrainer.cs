using System.Collections.Concurrent;
using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Links;

/// <summary>
/// Carries the batches of one party's links: one call in flight per link, sent again with growing pauses until it is answered or the link is closed.
/// A batch leaves on the thread that signals its link; what gathers while it is in flight leaves on the thread that brings the answer. No thread is
/// ever blocked, and nothing runs between batches but their encoding. Thread-safe.
/// </summary>
internal sealed class LinkDrainer(ILinkSource source, IClusterTransport transport, BatchCodec codec, TimeProvider time, int seed) : IDisposable
{
    /// <summary>The pause after the first failure; every further one doubles it.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);

    /// <summary>The longest pause.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<Link, LinkPump> _pumps = new(ReferenceEqualityComparer.Instance);
    private readonly Random _random = new(seed);
    private long _resends;

    /// <summary>Told about calls that failed: the link, how often in a row, and why. On any thread; must not throw.</summary>
    public Action<Link, int, Exception>? Failed { get; init; }

    /// <summary>How often a batch was sent again.</summary>
    public long Resends => Volatile.Read(ref _resends);

    /// <summary>Whether it was disposed of: nothing more is sent.</summary>
    public bool IsStopped { get; private set; }

    internal ILinkSource Source => source;

    internal BatchCodec Codec => codec;

    internal TimeProvider Time => time;

    /// <summary>Something waits on a link. Never called under the source's lock.</summary>
    public void Signal(Link link)
    {
        if (!_pumps.TryGetValue(link, out LinkPump? pump))
        {
            pump = _pumps.GetOrAdd(link, static (l, d) => new LinkPump(d, l), this);
        }

        pump.Signal();
    }

    /// <summary>Something waits on each of these links.</summary>
    public void Signal(IReadOnlyList<Link> links)
    {
        for (int i = 0; i < links.Count; i++)
        {
            Signal(links[i]);
        }
    }

    /// <summary>Stops: what is in flight is not sent again.</summary>
    public void Dispose()
    {
        IsStopped = true;
        foreach (LinkPump pump in _pumps.Values)
        {
            pump.Stop();
        }
    }

    internal ValueTask<byte[]> Call(Party to, byte[] batch) =>
        to.IsShard ? transport.CallShardAsync(to.Shard, batch) : transport.CallNodeAsync(to.Node, batch);

    internal TimeSpan PauseAfter(int failures)
    {
        Interlocked.Increment(ref _resends);
        double pause = Math.Min(LongestPause.TotalMilliseconds, FirstPause.TotalMilliseconds * (1L << Math.Min(failures - 1, 16)));
        lock (_random)
        {
            return TimeSpan.FromMilliseconds(pause * (0.75 + _random.NextDouble() * 0.25));
        }
    }

    internal void Forget(Link link) => _pumps.TryRemove(link, out _);
}
