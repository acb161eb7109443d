namespace RayOrleans.Runtime.Cluster.Events;

/// <summary>
/// The events of a shard. Deterministic: the same batches in the same order make the same table. Bounded by job and in total: the oldest give way, and are counted.
/// Guarded by its shard's lock.
/// </summary>
internal sealed class EventTable
{
    private readonly LinkedList<EventItem> _items = [];
    private readonly Dictionary<EventKey, EventStream> _streams = [];
    private readonly Dictionary<NodeId, (long Number, long Unlisted)> _sources = [];
    private readonly Queue<NodeId> _sourceOrder = new();
    private long _last;
    private long _bytes;
    private long _forgotten;

    /// <summary>How many it keeps.</summary>
    public int Count => _items.Count;

    /// <summary>How many ends of tasks and other events there were that it does not have.</summary>
    public long Dropped => _forgotten + _streams.Values.Sum(s => s.Dropped) + _sources.Values.Sum(s => s.Unlisted);

    /// <summary>Takes a batch, once.</summary>
    public void Add(EventBatch batch)
    {
        if (!_sources.TryGetValue(batch.Node, out (long Number, long Unlisted) source))
        {
            _sourceOrder.Enqueue(batch.Node);
        }
        else if (batch.Number <= source.Number)
        {
            return;
        }

        _sources[batch.Node] = (batch.Number, batch.Unlisted);
        if (_sources.Count > EventLimits.Remembered && _sources.Remove(_sourceOrder.Dequeue(), out (long Number, long Unlisted) oldest))
        {
            _forgotten += oldest.Unlisted;
        }

        foreach (EventItem item in batch.Items)
        {
            Add(item with { Body = item.Body.ToArray() });
        }
    }

    /// <summary>A node is gone. Noted where the node has told what it is.</summary>
    public void OnDied(NodeId node, long time)
    {
        EventKey key = EventKey.Of(node);
        if (_streams.TryGetValue(key, out EventStream? stream) && stream.Items.Count > 0 && stream.Items.Last().Value.Kind != EventKind.NodeDied)
        {
            Add(new EventItem(key, EventKind.NodeDied, BitConverter.GetBytes(time)));
        }
    }

    /// <summary>Events of a sort, the newest first, from below a number on; as many as fit.</summary>
    public IReadOnlyList<EventItem> Read(EventKind kind, long below, out long next)
    {
        List<EventItem> found = [];
        int bytes = 0;
        next = 0;
        for (LinkedListNode<EventItem>? at = _items.Last; at is not null; at = at.Previous)
        {
            EventItem item = at.Value;
            bool isOfKind = item.Kind == kind || (kind == EventKind.Node && item.Kind == EventKind.NodeDied);
            if (item.Number >= below || !isOfKind)
            {
                continue;
            }

            if (bytes >= EventLimits.PageBytes)
            {
                next = found[^1].Number;
                break;
            }

            found.Add(item);
            bytes += EventLimits.ItemBytes + item.Body.Length;
        }

        return found;
    }

    /// <summary>Everything in it, item by item; <see cref="Restore"/> takes them in this order.</summary>
    public IEnumerable<byte[]> Snapshot()
    {
        yield return EventWire.WriteCounts(_last, _forgotten);
        foreach (NodeId node in _sourceOrder)
        {
            yield return EventWire.WriteSource(node, _sources[node].Number, _sources[node].Unlisted);
        }

        foreach ((EventKey key, EventStream stream) in _streams.OrderBy(s => s.Key.IsNode).ThenBy(s => s.Key.Value))
        {
            yield return EventWire.WriteStream(key, stream.Dropped);
        }

        foreach (EventItem item in _items)
        {
            yield return EventWire.WriteItem(item);
        }
    }

    /// <summary>Takes an item of a snapshot.</summary>
    public void Restore(ReadOnlyMemory<byte> item) => EventWire.ReadSnapshot(item, this);

    internal void RestoreCounts(long last, long forgotten) => (_last, _forgotten) = (last, forgotten);

    internal void RestoreSource(NodeId node, long number, long unlisted)
    {
        _sources.Add(node, (number, unlisted));
        _sourceOrder.Enqueue(node);
    }

    internal void RestoreStream(EventKey key, long dropped) => _streams.Add(key, new EventStream { Dropped = dropped });

    internal void RestoreItem(EventItem item) => Append(item with { Body = item.Body.ToArray() });

    private void Add(EventItem item)
    {
        EventStream stream = Append(item with { Number = ++_last });
        if (stream.Items.Count > EventLimits.PerKey)
        {
            DropOldest(item.Key, stream);
        }

        while (_bytes > EventLimits.ShardBytes)
        {
            EventKey key = _items.First!.Value.Key;
            DropOldest(key, _streams[key]);
        }
    }

    private EventStream Append(EventItem item)
    {
        if (!_streams.TryGetValue(item.Key, out EventStream? stream))
        {
            _streams.Add(item.Key, stream = new EventStream());
        }

        stream.Items.Enqueue(_items.AddLast(item));
        _bytes += EventLimits.ItemBytes + item.Body.Length;
        return stream;
    }

    private void DropOldest(EventKey key, EventStream stream)
    {
        LinkedListNode<EventItem> oldest = stream.Items.Dequeue();
        _items.Remove(oldest);
        _bytes -= EventLimits.ItemBytes + oldest.Value.Body.Length;
        stream.Dropped++;
        if (stream.Items.Count == 0 && _streams.Count > EventLimits.Remembered)
        {
            _forgotten += stream.Dropped;
            _streams.Remove(key);
        }
    }
}
