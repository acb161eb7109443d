using RayOrleans.Runtime.Cluster.Keys;

namespace RayOrleans.Runtime.Cluster.Events;

/// <summary>Reads the event table, all shards at once. Thread-safe.</summary>
internal sealed class EventReader(KeyClient shards)
{
    /// <summary>Events of a sort, the newest of each shard first.</summary>
    /// <param name="kind">The sort.</param>
    /// <param name="most">About how many at most.</param>
    /// <param name="limit">Ends the wait: shards that have not answered by then are missing.</param>
    public async Task<EventPage> ReadAsync(EventKind kind, int most, CancellationToken limit)
    {
        EventPage[] pages = await Task.WhenAll(Enumerable.Range(0, shards.ShardCount).Select(s => ReadAsync(s, kind, most, limit))).ConfigureAwait(false);
        return new EventPage([.. pages.SelectMany(p => p.Items)], pages.Sum(p => p.Dropped), pages.All(p => p.IsWhole));
    }

    private async Task<EventPage> ReadAsync(int shard, EventKind kind, int most, CancellationToken limit)
    {
        List<EventItem> all = [];
        long dropped = 0;
        long below = long.MaxValue;
        try
        {
            do
            {
                (List<EventItem> items, below, dropped) = EventWire.DecodeAnswer(await shards.SendAsync(shard, EventWire.EncodeRead(kind, below), limit).ConfigureAwait(false));
                all.AddRange(items);
            }
            while (below > 0 && all.Count < most);
        }
        catch (OperationCanceledException)
        {
            return new EventPage(all, dropped, IsWhole: false);
        }

        return new EventPage(all, dropped, IsWhole: true);
    }
}
