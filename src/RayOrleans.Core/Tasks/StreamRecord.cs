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

    internal Watcher? Writer { get; set; }

    internal void Add(ObjectEntry item) => _items.Enqueue(item);

    internal bool TryTake(out ObjectEntry item) => _items.TryDequeue(out item!);
}
