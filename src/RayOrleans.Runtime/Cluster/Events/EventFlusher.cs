using System.Collections.Concurrent;
using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Keys;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Events;

/// <summary>
/// Sends what has happened on this node to the event table, behind the work and in batches: failures and changes of actors all, successes as far as the rings have them
/// and up to a rate; the rest is counted. One flush at a time; what a shard does not take in time is counted as well. Thread-safe.
/// </summary>
internal sealed class EventFlusher(NodeServices node, KeyClient shards)
{
    private const int TicksPerFlush = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentQueue<ActorRecord> _actors = new();
    private readonly Dictionary<EventRing, long> _read = new(ReferenceEqualityComparer.Instance);
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly long[] _numbers = new long[shards.ShardCount];
    private long _unlisted;
    private int _ticks;
    private volatile bool _hasIntroduced;

    /// <summary>An actor that this node manages has changed.</summary>
    public void OnActorChanged(ActorRecord actor)
    {
        if (!actor.IsManagedElsewhere && _actors.Count < EventLimits.MostWaiting)
        {
            _actors.Enqueue(actor);
        }
    }

    /// <summary>A shard in memory may have lost what this node is.</summary>
    public void OnShardRestarted(int shard)
    {
        if (EventKey.Of(node.NodeId).ShardOf(shards.ShardCount) == shard)
        {
            _hasIntroduced = false;
        }
    }

    public void Tick()
    {
        if (Interlocked.Increment(ref _ticks) % TicksPerFlush == 0)
        {
            _ = FlushAsync(wait: false);
        }
    }

    /// <summary>Sends what there is.</summary>
    /// <param name="wait">Whether to wait for a flush that is under way; otherwise nothing is done beside it.</param>
    public async Task FlushAsync(bool wait)
    {
        if (!await _one.WaitAsync(wait ? Patience : TimeSpan.Zero).ConfigureAwait(false))
        {
            return;
        }

        try
        {
            bool introduces = !_hasIntroduced;
            _hasIntroduced = true;
            List<EventItem> items = Collect(introduces);
            await Task.WhenAll(items.GroupBy(i => i.Key.ShardOf(shards.ShardCount)).Select(g => SendAsync(g.Key, [.. g]))).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Listings lose something; the work goes on.
            node.Events.WarnRarely($"What happened here could not be told to the event table: {e.Message}");
        }
        finally
        {
            _one.Release();
        }
    }

    private List<EventItem> Collect(bool introduces)
    {
        List<EventItem> items = [];
        if (introduces)
        {
            items.Add(Make(EventKey.Of(node.NodeId), EventKind.Node, node.State.Self(), InfoWire.Write));
        }

        foreach ((EventRing ring, bool isOfFailures) in node.Events.Rings)
        {
            int most = isOfFailures ? EventLimits.MostWaiting : EventLimits.SuccessesPerFlush;
            TaskEvent[] ended = ring.Since(_read.GetValueOrDefault(ring), most, out long count, out long left);
            _read[ring] = count;
            _unlisted += left;
            items.AddRange(ended.Select(e => Make(EventKey.Of(e.JobId), EventKind.Task, node.State.Describe(e), InfoWire.Write)));
        }

        HashSet<ActorRecord> changed = [];
        while (_actors.TryDequeue(out ActorRecord? actor))
        {
            changed.Add(actor);
        }

        if (changed.Count > 0)
        {
            List<ActorInfo> actors = node.Gate.Do(_ => changed.Select(node.State.Describe).ToList());
            items.AddRange(actors.Select(a => Make(EventKey.Of(a.JobId), EventKind.Actor, a, InfoWire.Write)));
        }

        return items;
    }

    private async Task SendAsync(int shard, List<EventItem> items)
    {
        using CancellationTokenSource limit = new(Patience);
        int sent = 0;
        try
        {
            while (sent < items.Count)
            {
                List<EventItem> page = [];
                for (int bytes = 0; sent + page.Count < items.Count && bytes < EventLimits.PageBytes; bytes += EventLimits.ItemBytes + page[^1].Body.Length)
                {
                    page.Add(items[sent + page.Count]);
                }

                // The counts go with the first shard only, or they would count more than once.
                EventBatch batch = new(node.NodeId, ++_numbers[shard], shard == CountingShard ? Interlocked.Read(ref _unlisted) + node.Events.Thinned : 0, page);
                await shards.SendAsync(shard, EventWire.Encode(batch), limit.Token).ConfigureAwait(false);
                sent += page.Count;
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Interlocked.Add(ref _unlisted, items.Skip(sent).LongCount(i => i.Kind == EventKind.Task));
            _hasIntroduced &= !items.Skip(sent).Any(i => i.Kind == EventKind.Node);
            if (node.Stopped is null)
            {
                node.Events.WarnRarely($"Shard {shard} has not taken what happened here: {e.Message}");
            }
        }
    }

    /// <summary>The shard that keeps what this node is, and what it has not listed.</summary>
    private int CountingShard => EventKey.Of(node.NodeId).ShardOf(shards.ShardCount);

    private static EventItem Make<T>(EventKey key, EventKind kind, T info, Action<WireWriter, T> write)
    {
        WireWriter w = WireWriter.Borrow();
        write(w, info);
        return new EventItem(key, kind, WireForm.Finish(w));
    }
}
