namespace RayOrleans.Core;

/// <summary>The items of a streaming task: made in order by the producer, taken in order by one reader.</summary>
public sealed class StreamRecord
{
    private readonly Queue<ObjectEntry> _items = new();
    private readonly int _window;
    private OrderedSends? _sends;

    /// <summary>A stream without items.</summary>
    /// <param name="window">The most items that are made ahead of the reader; the producer waits at it.</param>
    public StreamRecord(int window = int.MaxValue)
    {
        _window = window;
        Until = window;
    }

    /// <summary>Items ever accepted; a retried producer's repeated items are skipped up to here.</summary>
    public int Produced { get; internal set; }

    /// <summary>Items that the reader has taken.</summary>
    public int Taken { get; internal set; }

    /// <summary>The producer may make items with smaller numbers; it only grows. Read without the lock by producers that look whether they may go on.</summary>
    public int Until { get; internal set; }

    /// <summary>Whether the reader went away.</summary>
    public bool IsAbandoned { get; internal set; }

    /// <summary>In a process that reads: whether its node has told it of all items and of the end.</summary>
    public bool IsComplete { get; internal set; }

    /// <summary>Items made and not yet taken, or not yet told to the process that reads.</summary>
    public int Buffered => _items.Count;

    internal Watcher? Reader { get; set; }

    /// <summary>Who waits until there is room for the next item.</summary>
    internal Watcher? Producer { get; set; }

    /// <summary>Where the reader is a process of the node: what tells it of the items.</summary>
    internal StreamFeed? Feed { get; set; }

    /// <summary>Where the task is another node's: its items and its outcome leave in the order in which they were made.</summary>
    internal OrderedSends Sends => _sends ??= new OrderedSends();

    /// <summary>Who waits for the next item or the end, to be told once.</summary>
    internal Watcher? TakeReader()
    {
        Watcher? reader = Reader;
        Reader = null;
        return reader;
    }

    /// <summary>Who waits for room, to be told once.</summary>
    internal Watcher? TakeProducer()
    {
        Watcher? producer = Producer;
        Producer = null;
        return producer;
    }

    /// <summary>Lets the producer go on, once half of the window is free: it is not woken for every item. False: not yet.</summary>
    internal bool TryExtend()
    {
        long until = Math.Min(int.MaxValue, (long)Taken + _window);
        if (until - Until < Math.Max(1, _window / 2))
        {
            return false;
        }

        Until = (int)until;
        return true;
    }

    internal void Add(ObjectEntry item) => _items.Enqueue(item);

    internal bool TryTake(out ObjectEntry item) => _items.TryDequeue(out item!);
}
