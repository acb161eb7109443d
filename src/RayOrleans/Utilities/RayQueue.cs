namespace RayOrleans;

/// <summary>
/// A first-in-first-out queue that tasks and actors anywhere in the cluster share. It lives in an actor of its own; this object is only a
/// handle, so it can be passed to tasks, stored and captured like one, and the queue ends when the last copy is gone. Thread-safe.
/// Those who wait are served in the order they came. Items are copied, as every argument is; for large ones use a queue of <c>ObjectRef</c>.
/// </summary>
/// <typeparam name="T">The type of the items.</typeparam>
public sealed class RayQueue<T> : IDisposable
{
    /// <summary>Each waiter is a running call of the actor, so many must fit.</summary>
    private const int MostWaiters = 1_000_000;

    private readonly ActorHandle<QueueActor<T>> _actor;

    /// <summary>Makes a queue on the ambient runtime.</summary>
    /// <param name="maxSize">How many items it holds at most; 0: without bound. A full queue makes those who put wait.</param>
    /// <param name="options">Options of its actor: a name, resources, a lifetime. Made by <c>ray.Options(..)</c> they say which runtime is meant.</param>
    public RayQueue(int maxSize = 0, RemoteOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxSize);
        RemoteOptions actorOptions = options ?? Ray.Options();
        _actor = (actorOptions with { MaxConcurrency = actorOptions.MaxConcurrency ?? MostWaiters }).Actor(size => new QueueActor<T>(size), maxSize);
    }

    /// <summary>Adds an item at the end, waiting for room. Blocks.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long to wait at most; null: without bound.</param>
    /// <exception cref="RayQueueFullException">The time is over; the item is not in the queue.</exception>
    /// <exception cref="ActorDiedException">The queue was shut down.</exception>
    public void Put(T item, TimeSpan? timeout = null) => Check(CallPut(item, timeout).GetAwaiter().GetResult(), timeout);

    /// <summary>Adds an item at the end, waiting for room.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long to wait at most; null: without bound.</param>
    /// <param name="cancellationToken">Ends the waiting. The item may be in the queue all the same if room came at the same moment.</param>
    /// <exception cref="RayQueueFullException">The time is over; the item is not in the queue.</exception>
    /// <exception cref="ActorDiedException">The queue was shut down.</exception>
    public async Task PutAsync(T item, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Check(await Await(CallPut(item, timeout), cancellationToken), timeout);

    /// <summary>Adds an item if there is room now.</summary>
    /// <param name="item">The item.</param>
    /// <returns>Whether there was.</returns>
    public bool TryPut(T item) => CallPut(item, TimeSpan.Zero).GetAwaiter().GetResult();

    /// <summary>Adds all the items if there is room for all of them now, next to each other.</summary>
    /// <param name="items">The items.</param>
    /// <returns>Whether there was; otherwise none was added.</returns>
    public bool TryPutAll(IReadOnlyCollection<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        T[] batch = [.. items];
        return _actor.Remote((q, b) => q.PutBatchAsync(b), batch).GetAwaiter().GetResult();
    }

    /// <summary>Takes the first item, waiting for one. Blocks.</summary>
    /// <param name="timeout">How long to wait at most; null: without bound.</param>
    /// <exception cref="RayQueueEmptyException">The time is over.</exception>
    /// <exception cref="ActorDiedException">The queue was shut down.</exception>
    public T Get(TimeSpan? timeout = null) => Item(CallGet(timeout).GetAwaiter().GetResult(), timeout);

    /// <summary>Takes the first item, waiting for one.</summary>
    /// <param name="timeout">How long to wait at most; null: without bound.</param>
    /// <param name="cancellationToken">Ends the waiting; an item that came at the same moment goes to the next who asks.</param>
    /// <exception cref="RayQueueEmptyException">The time is over.</exception>
    /// <exception cref="ActorDiedException">The queue was shut down.</exception>
    public async Task<T> GetAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Item(await Await(CallGet(timeout), cancellationToken), timeout);

    /// <summary>Takes the first item if there is one now.</summary>
    /// <param name="item">The item.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryGet(out T item)
    {
        QueueAnswer<T> answer = CallGet(TimeSpan.Zero).GetAwaiter().GetResult();
        item = answer.Item!;
        return answer.HasItem;
    }

    /// <summary>Takes exactly so many items if there are so many now.</summary>
    /// <param name="count">How many.</param>
    /// <param name="items">The items in order; empty where there were fewer.</param>
    /// <returns>Whether there were so many; otherwise none was taken.</returns>
    public bool TryGetMany(int count, out IReadOnlyList<T> items)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        T[]? taken = _actor.Remote((q, n) => q.GetBatchAsync(n), count).GetAwaiter().GetResult();
        items = taken ?? [];
        return taken is not null;
    }

    /// <summary>How many items are in the queue now; those who wait for room are not counted.</summary>
    public Task<int> CountAsync() => _actor.Remote(q => q.CountAsync()).AsTask();

    /// <summary>How many items are in the queue now. Blocks.</summary>
    public int Count() => _actor.Remote(q => q.CountAsync()).GetAwaiter().GetResult();

    /// <summary>Ends the queue for everybody: its items are gone, and whoever waits or calls later gets <see cref="ActorDiedException"/>.</summary>
    public void Shutdown() => _actor.Runtime.Kill(_actor);

    /// <summary>Lets go of this copy; the queue ends with its last one.</summary>
    public void Dispose() => _actor.Dispose();

    private static long Milliseconds(TimeSpan? timeout) => timeout switch
    {
        null => -1,
        { } t when t == Timeout.InfiniteTimeSpan => -1,
        { } t when t < TimeSpan.Zero => throw new ArgumentOutOfRangeException(nameof(timeout), t, "The timeout must not be negative; null waits without bound."),
        { } t => (long)Math.Ceiling(t.TotalMilliseconds),
    };

    private static void Check(bool accepted, TimeSpan? timeout)
    {
        if (!accepted)
        {
            throw new RayQueueFullException($"The queue had no room within {timeout}.");
        }
    }

    private static T Item(QueueAnswer<T> answer, TimeSpan? timeout) =>
        answer.HasItem ? answer.Item! : throw new RayQueueEmptyException($"The queue had no item within {timeout}.");

    private ObjectRef<bool> CallPut(T item, TimeSpan? timeout) => _actor.Remote((q, i, t) => q.PutAsync(i, t), item, Milliseconds(timeout));

    private ObjectRef<QueueAnswer<T>> CallGet(TimeSpan? timeout) => _actor.Remote((q, t) => q.GetAsync(t), Milliseconds(timeout));

    private async Task<R> Await<R>(ObjectRef<R> call, CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
        {
            return await call;
        }

        try
        {
            return await call.AsTask(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _actor.Runtime.Cancel(call);
            throw;
        }
    }
}
