using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace RayOrleans;

/// <summary>
/// Spreads calls over a fixed set of actors: each actor works on one call at a time, further submissions queue up and start as actors
/// become free, whether or not anybody fetches results. Thread-safe. A failed call gives its error to whoever fetches it; its actor
/// stays in the pool. The pool holds its handles; it does not end the actors.
/// </summary>
/// <typeparam name="TActor">The actors' class.</typeparam>
public sealed class ActorPool<TActor>
{
    private readonly Lock _lock = new();
    private readonly HashSet<ActorHandle<TActor>> _members = [];
    private readonly Queue<ActorHandle<TActor>> _idle = new();
    private readonly Queue<PoolItem<TActor>> _pending = new();
    private readonly SortedDictionary<long, PoolItem<TActor>> _unfetched = [];
    private readonly LinkedList<PoolItem<TActor>> _completed = new();
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _submitted;

    /// <summary>Makes a pool of actors that exist.</summary>
    /// <param name="actors">The actors; each once. They should not be called beside the pool.</param>
    /// <exception cref="ArgumentException">An actor is there twice.</exception>
    public ActorPool(IEnumerable<ActorHandle<TActor>> actors)
    {
        ArgumentNullException.ThrowIfNull(actors);
        foreach (ActorHandle<TActor> actor in actors)
        {
            Push(actor);
        }
    }

    /// <summary>Whether results remain to be fetched: submitted, running or done.</summary>
    public bool HasNext
    {
        get
        {
            lock (_lock)
            {
                return _unfetched.Count > 0;
            }
        }
    }

    /// <summary>Whether an actor is idle: a submission would start at once.</summary>
    public bool HasFree
    {
        get
        {
            lock (_lock)
            {
                return _idle.Count > 0;
            }
        }
    }

    /// <summary>Submits a call: it starts on an idle actor, or on the next one that becomes free.</summary>
    /// <typeparam name="V">The type of the argument.</typeparam>
    /// <typeparam name="R">The type of the result.</typeparam>
    /// <param name="call">Makes the call: <c>(actor, value) =&gt; actor.Remote((a, v) =&gt; a.Method(v), value)</c>.</param>
    /// <param name="value">The argument.</param>
    public void Submit<V, R>(Func<ActorHandle<TActor>, V, ObjectRef<R>> call, V value)
    {
        ArgumentNullException.ThrowIfNull(call);
        Add(actor => call(actor, value), null);
    }

    /// <summary>The next result in the order of submission. Blocks.</summary>
    /// <typeparam name="R">The type of the result.</typeparam>
    /// <param name="timeout">How long to wait at most; null: without bound. After a timeout the result can still be fetched.</param>
    /// <exception cref="InvalidOperationException">Nothing remains to be fetched.</exception>
    /// <exception cref="GetTimeoutException">The time is over.</exception>
    public R GetNext<R>(TimeSpan? timeout = null) => GetNextAsync<R>(timeout).GetAwaiter().GetResult();

    /// <summary>The next result in the order of submission.</summary>
    /// <typeparam name="R">The type of the result.</typeparam>
    /// <param name="timeout">How long to wait at most; null: without bound. After a timeout the result can still be fetched.</param>
    /// <param name="cancellationToken">Ends the waiting, not the call.</param>
    /// <exception cref="InvalidOperationException">Nothing remains to be fetched.</exception>
    /// <exception cref="GetTimeoutException">The time is over.</exception>
    public async Task<R> GetNextAsync<R>(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        PoolItem<TActor> item;
        lock (_lock)
        {
            item = _unfetched.Count > 0 ? _unfetched.First().Value : throw Nothing();
        }

        await Limit(item.Done, timeout, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            Remove(item);
        }

        return item.Read<R>();
    }

    /// <summary>The next result in the order of completion. Blocks.</summary>
    /// <typeparam name="R">The type of the result.</typeparam>
    /// <param name="timeout">How long to wait at most; null: without bound.</param>
    /// <exception cref="InvalidOperationException">Nothing remains to be fetched.</exception>
    /// <exception cref="GetTimeoutException">The time is over.</exception>
    public R GetNextUnordered<R>(TimeSpan? timeout = null) => GetNextUnorderedAsync<R>(timeout).GetAwaiter().GetResult();

    /// <summary>The next result in the order of completion.</summary>
    /// <typeparam name="R">The type of the result.</typeparam>
    /// <param name="timeout">How long to wait at most; null: without bound.</param>
    /// <param name="cancellationToken">Ends the waiting, not the call.</param>
    /// <exception cref="InvalidOperationException">Nothing remains to be fetched.</exception>
    /// <exception cref="GetTimeoutException">The time is over.</exception>
    public async Task<R> GetNextUnorderedAsync<R>(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            PoolItem<TActor>? item;
            Task change;
            lock (_lock)
            {
                if (_unfetched.Count == 0)
                {
                    throw Nothing();
                }

                item = _completed.First?.Value;
                if (item is not null)
                {
                    Remove(item);
                }

                change = _change.Task;
            }

            if (item is not null)
            {
                return item.Read<R>();
            }

            TimeSpan? rest = timeout is { } limit && limit != Timeout.InfiniteTimeSpan ? limit - TimeProvider.System.GetElapsedTime(start) : null;
            await Limit(change, rest < TimeSpan.Zero ? TimeSpan.Zero : rest, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Calls once per value and gives the results in the order of the values. Submits everything now; results of earlier submissions are discarded.</summary>
    /// <typeparam name="V">The type of the values.</typeparam>
    /// <typeparam name="R">The type of the results.</typeparam>
    /// <param name="call">Makes the call for one value.</param>
    /// <param name="values">The values.</param>
    public IAsyncEnumerable<R> Map<V, R>(Func<ActorHandle<TActor>, V, ObjectRef<R>> call, IEnumerable<V> values)
    {
        List<PoolItem<TActor>> items = SubmitAll(call, values, null);
        return Read();

        async IAsyncEnumerable<R> Read([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            foreach (PoolItem<TActor> item in items)
            {
                await item.Done.WaitAsync(cancellationToken).ConfigureAwait(false);
                yield return Take<R>(item);
            }
        }
    }

    /// <summary>Calls once per value and gives the results as they complete. Submits everything now; results of earlier submissions are discarded.</summary>
    /// <typeparam name="V">The type of the values.</typeparam>
    /// <typeparam name="R">The type of the results.</typeparam>
    /// <param name="call">Makes the call for one value.</param>
    /// <param name="values">The values.</param>
    public IAsyncEnumerable<R> MapUnordered<V, R>(Func<ActorHandle<TActor>, V, ObjectRef<R>> call, IEnumerable<V> values)
    {
        Channel<PoolItem<TActor>> done = Channel.CreateUnbounded<PoolItem<TActor>>();
        int count = SubmitAll(call, values, done).Count;
        return Read();

        async IAsyncEnumerable<R> Read([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            for (int i = 0; i < count; i++)
            {
                yield return Take<R>(await done.Reader.ReadAsync(cancellationToken).ConfigureAwait(false));
            }
        }
    }

    /// <summary>Adds an actor; it takes a waiting submission at once.</summary>
    /// <param name="actor">The actor.</param>
    /// <exception cref="ArgumentException">It is in the pool already.</exception>
    public void Push(ActorHandle<TActor> actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        lock (_lock)
        {
            if (!_members.Add(actor))
            {
                throw new ArgumentException($"{actor} is in the pool already.", nameof(actor));
            }

            _idle.Enqueue(actor);
        }

        Dispatch();
    }

    /// <summary>Takes an idle actor out of the pool; null when all are busy.</summary>
    public ActorHandle<TActor>? PopIdle()
    {
        lock (_lock)
        {
            if (!_idle.TryDequeue(out ActorHandle<TActor>? actor))
            {
                return null;
            }

            _members.Remove(actor);
            return actor;
        }
    }

    private static InvalidOperationException Nothing() => new("The pool has no more results: everything submitted was fetched.");

    private static async Task Limit(Task task, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(timeout ?? Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new GetTimeoutException($"No result of the pool within {timeout}. Its calls go on; a later fetch may succeed.");
        }
    }

    private List<PoolItem<TActor>> SubmitAll<V, R>(Func<ActorHandle<TActor>, V, ObjectRef<R>> call, IEnumerable<V> values, Channel<PoolItem<TActor>>? sink)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(values);
        lock (_lock)
        {
            _unfetched.Clear();
            _completed.Clear();
            _pending.Clear();
        }

        List<PoolItem<TActor>> items = [];
        foreach (V value in values)
        {
            items.Add(Add(actor => call(actor, value), sink));
        }

        return items;
    }

    private PoolItem<TActor> Add(Func<ActorHandle<TActor>, ObjectRef> call, Channel<PoolItem<TActor>>? sink)
    {
        PoolItem<TActor> item;
        lock (_lock)
        {
            item = new PoolItem<TActor>(_submitted++, call, sink);
            _unfetched.Add(item.Index, item);
            _pending.Enqueue(item);
        }

        Dispatch();
        return item;
    }

    private R Take<R>(PoolItem<TActor> item)
    {
        lock (_lock)
        {
            Remove(item);
        }

        return item.Read<R>();
    }

    private void Remove(PoolItem<TActor> item)
    {
        _unfetched.Remove(item.Index);
        _completed.Remove(item);
    }

    /// <summary>Gives waiting submissions to idle actors. The caller's functions run outside the lock.</summary>
    private void Dispatch()
    {
        while (true)
        {
            PoolItem<TActor> item;
            ActorHandle<TActor> actor;
            lock (_lock)
            {
                if (_idle.Count == 0 || _pending.Count == 0)
                {
                    return;
                }

                item = _pending.Dequeue();
                actor = _idle.Dequeue();
            }

            if (item.Start(actor))
            {
                _ = WatchAsync(item, actor);
            }
            else
            {
                Finished(item, actor);
            }
        }
    }

    private async Task WatchAsync(PoolItem<TActor> item, ActorHandle<TActor> actor)
    {
        // Off the submitter's own scheduler: a submitter that blocks in a fetch must not keep the next call from starting.
        await item.Result!.AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Finished(item, actor);
        Dispatch();
    }

    private void Finished(PoolItem<TActor> item, ActorHandle<TActor> actor)
    {
        TaskCompletionSource change;
        lock (_lock)
        {
            _idle.Enqueue(actor);
            if (_unfetched.ContainsKey(item.Index))
            {
                _completed.AddLast(item);
            }

            change = _change;
            _change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        item.Finish();
        change.TrySetResult();
    }
}
