namespace RayOrleans;

/// <summary>
/// The actor behind a <see cref="RayQueue{T}"/>. Its methods are asynchronous, so they take turns: no locks. Those who wait are served in
/// the order they came; one that gives up leaves its line within its own turn.
/// </summary>
internal sealed class QueueActor<T>(int maxSize)
{
    private readonly LinkedList<T> _items = new();
    private readonly LinkedList<TaskCompletionSource<T>> _getters = new();
    private readonly LinkedList<(T Item, TaskCompletionSource Room)> _putters = new();

    private bool IsFull => maxSize > 0 && _items.Count >= maxSize;

    public async Task<bool> PutAsync(T item, long timeoutMilliseconds)
    {
        if (!IsFull)
        {
            Accept(item);
            return true;
        }

        if (timeoutMilliseconds == 0)
        {
            return false;
        }

        LinkedListNode<(T Item, TaskCompletionSource Room)> place = _putters.AddLast((item, NewWaiter()));
        if (await EndsWithin(place.Value.Room.Task, timeoutMilliseconds))
        {
            return true;
        }

        if (place.List is not null)
        {
            _putters.Remove(place);
        }

        return false;
    }

    public async Task<QueueAnswer<T>> GetAsync(long timeoutMilliseconds)
    {
        if (_items.Count > 0)
        {
            return new QueueAnswer<T>(true, Take());
        }

        if (timeoutMilliseconds == 0)
        {
            return new QueueAnswer<T>(false, default);
        }

        LinkedListNode<TaskCompletionSource<T>> place = _getters.AddLast(new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously));
        if (await EndsWithin(place.Value.Task, timeoutMilliseconds))
        {
            return new QueueAnswer<T>(true, await place.Value.Task);
        }

        if (place.List is not null)
        {
            _getters.Remove(place);
        }
        else
        {
            // Cancelled after an item was handed over: nobody would ever see it.
            Accept(await place.Value.Task, first: true);
        }

        return new QueueAnswer<T>(false, default);
    }

    /// <summary>All of the items or none.</summary>
    public Task<bool> PutBatchAsync(T[] items)
    {
        if (maxSize > 0 && _items.Count + items.Length > maxSize)
        {
            return Task.FromResult(false);
        }

        foreach (T item in items)
        {
            Accept(item);
        }

        return Task.FromResult(true);
    }

    /// <summary>As many items as asked for, or none.</summary>
    public Task<T[]?> GetBatchAsync(int count)
    {
        if (_items.Count < count)
        {
            return Task.FromResult<T[]?>(null);
        }

        T[] items = new T[count];
        for (int i = 0; i < count; i++)
        {
            items[i] = Take();
        }

        return Task.FromResult<T[]?>(items);
    }

    public Task<int> CountAsync() => Task.FromResult(_items.Count);

    private static TaskCompletionSource NewWaiter() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>False when the time is over, unless the task ended before this turn; false when the call was cancelled.</summary>
    private static async Task<bool> EndsWithin(Task task, long timeoutMilliseconds)
    {
        CancellationToken cancelled = Ray.Context.CancellationToken;
        TimeSpan timeout = timeoutMilliseconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(timeoutMilliseconds);
        try
        {
            await task.WaitAsync(timeout, cancelled);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // The state below says it all.
        }

        return task.IsCompleted && !cancelled.IsCancellationRequested;
    }

    private void Accept(T item, bool first = false)
    {
        if (_getters.First is { } getter)
        {
            _getters.RemoveFirst();
            getter.Value.SetResult(item);
        }
        else if (first)
        {
            _items.AddFirst(item);
        }
        else
        {
            _items.AddLast(item);
        }
    }

    private T Take()
    {
        T item = _items.First!.Value;
        _items.RemoveFirst();
        if (_putters.First is { } first && !IsFull)
        {
            _putters.RemoveFirst();
            _items.AddLast(first.Value.Item);
            first.Value.Room.SetResult();
        }

        return item;
    }
}
