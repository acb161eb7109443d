namespace RayOrleans.Core;

/// <summary>The items of a streaming task: made in order by the producer, taken in order by one reader.</summary>
public sealed class StreamRecord
{
    private readonly Queue<ObjectEntry> _items = new();

    /// <summary>Items ever accepted; a retried producer's repeated items are skipped up to here.</summary>
    public int Produced { get; internal set; }

    /// <summary>Whether the reader went away.</summary>
    public bool IsAbandoned { get; internal set; }

    /// <summary>Items made and not yet taken.</summary>
    public int Buffered => _items.Count;

    internal Watcher? Reader { get; set; }

    /// <summary>Who waits for the next item or the end, to be told once.</summary>
    internal Watcher? TakeReader()
    {
        Watcher? reader = Reader;
        Reader = null;
        return reader;
    }

    internal void Add(ObjectEntry item) => _items.Enqueue(item);

    internal bool TryTake(out ObjectEntry item) => _items.TryDequeue(out item!);
}
