namespace RayOrleans.Core;

/// <summary>Tasks and actors that wait out their back-off.</summary>
internal sealed class RetryQueue
{
    private readonly PriorityQueue<object, long> _queue = new();

    /// <summary>When the next one is due; null when none waits.</summary>
    public long? Next => _queue.TryPeek(out _, out long at) ? at : null;

    public void Add(object item, long at) => _queue.Enqueue(item, at);

    public bool TryTake(long now, out object item)
    {
        if (_queue.TryPeek(out item!, out long at) && at <= now)
        {
            _queue.Dequeue();
            return true;
        }

        return false;
    }
}
