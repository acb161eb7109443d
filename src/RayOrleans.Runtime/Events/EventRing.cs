namespace RayOrleans.Runtime;

/// <summary>The latest events of one thread. Written by that thread, read by listings, which may miss what is being overwritten.</summary>
internal sealed class EventRing(int capacity)
{
    private readonly Lock _lock = new();
    private readonly int _capacity = Math.Max(16, capacity);
    private TaskEvent[] _items = new TaskEvent[16];
    private long _count;

    /// <summary>Events ever written.</summary>
    public long Count => Interlocked.Read(ref _count);

    public void Add(in TaskEvent item)
    {
        lock (_lock)
        {
            if (_count == _items.Length && _items.Length < _capacity)
            {
                Array.Resize(ref _items, Math.Min(_capacity, _items.Length * 4));
            }

            _items[_count % _items.Length] = item;
            _count++;
        }
    }

    /// <summary>The events kept, oldest first.</summary>
    public TaskEvent[] Snapshot()
    {
        lock (_lock)
        {
            int kept = (int)Math.Min(_count, _items.Length);
            TaskEvent[] result = new TaskEvent[kept];
            for (int i = 0; i < kept; i++)
            {
                result[i] = _items[(_count - kept + i) % _items.Length];
            }

            return result;
        }
    }
}
