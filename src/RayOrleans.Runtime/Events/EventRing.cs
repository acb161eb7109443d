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

    /// <summary>The events after the first so many, oldest first; of more than there is room for, the newest.</summary>
    /// <param name="after">How many were read before.</param>
    /// <param name="most">How many to give.</param>
    /// <param name="count">How many there have been so far.</param>
    /// <param name="left">How many were passed over, or had been overwritten.</param>
    public TaskEvent[] Since(long after, int most, out long count, out long left)
    {
        lock (_lock)
        {
            count = _count;
            TaskEvent[] result = new TaskEvent[Math.Min(Math.Min(_count - after, _items.Length), most)];
            left = _count - after - result.Length;
            for (int i = 0; i < result.Length; i++)
            {
                result[i] = _items[(_count - result.Length + i) % _items.Length];
            }

            return result;
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
