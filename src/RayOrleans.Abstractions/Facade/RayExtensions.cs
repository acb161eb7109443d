namespace RayOrleans;

/// <summary>What <see cref="IRay"/> offers beside its core, built on it alone.</summary>
public static partial class RayExtensions
{
    extension(IRay ray)
    {
        /// <summary>The values in order. Blocks until all are there; the first failure is thrown at once, without waiting for the rest.</summary>
        /// <typeparam name="T">The type of the values.</typeparam>
        /// <param name="refs">The references.</param>
        /// <param name="timeout">How long to wait at most; null: without bound.</param>
        /// <param name="cancellationToken">Ends the waiting, not the task.</param>
        /// <exception cref="GetTimeoutException">The time is over; the task goes on.</exception>
        /// <exception cref="RayTaskException">The function threw; the inner exception is what it threw.</exception>
        public IReadOnlyList<T> Get<T>(IEnumerable<ObjectRef<T>> refs, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
            ray.Get((IReadOnlyList<ObjectRef<T>>)ReferenceView<ObjectRef<T>>.Of(refs), timeout, cancellationToken);

        /// <summary>The values in order; the first failure is thrown at once, without waiting for the rest.</summary>
        /// <typeparam name="T">The type of the values.</typeparam>
        /// <param name="refs">The references.</param>
        /// <param name="timeout">How long to wait at most; null: without bound.</param>
        /// <param name="cancellationToken">Ends the waiting, not the task.</param>
        /// <exception cref="GetTimeoutException">The time is over; the task goes on.</exception>
        /// <exception cref="RayTaskException">The function threw; the inner exception is what it threw.</exception>
        public ValueTask<IReadOnlyList<T>> GetAsync<T>(IEnumerable<ObjectRef<T>> refs, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
            ray.GetAsync((IReadOnlyList<ObjectRef<T>>)ReferenceView<ObjectRef<T>>.Of(refs), timeout, cancellationToken);

        /// <summary>Waits until <paramref name="numReturns"/> of the references have a value or an error, or the time is over. Blocks. Never throws a task's error. An empty list gives an empty result.</summary>
        /// <typeparam name="T">The type of the values.</typeparam>
        /// <param name="refs">The references; order and duplicates are kept.</param>
        /// <param name="numReturns">How many to wait for: from 1 to their number.</param>
        /// <param name="timeout">How long to wait at most; null: without bound.</param>
        /// <param name="fetchLocal">Whether a reference counts as ready only when its value has been brought to this node.</param>
        /// <param name="cancellationToken">Ends the waiting.</param>
        /// <returns>At most <paramref name="numReturns"/> ready references, and all others, both in input order. Fewer are ready when the time is over.</returns>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="numReturns"/> is below 1 or above the number of references.</exception>
        public WaitResult<T> Wait<T>(IReadOnlyList<ObjectRef<T>> refs, int numReturns = 1, TimeSpan? timeout = null, bool fetchLocal = true, CancellationToken cancellationToken = default)
        {
            ReferenceView<ObjectRef<T>> view = WaitArguments(refs, numReturns, timeout);
            return view.Count == 0 ? default : new WaitResult<T>(view, ray.WaitAny(view, numReturns, timeout, fetchLocal, cancellationToken));
        }

        /// <summary>Waits until <paramref name="numReturns"/> of the references have a value or an error, or the time is over. Never throws a task's error. An empty list gives an empty result.</summary>
        /// <typeparam name="T">The type of the values.</typeparam>
        /// <param name="refs">The references; order and duplicates are kept.</param>
        /// <param name="numReturns">How many to wait for: from 1 to their number.</param>
        /// <param name="timeout">How long to wait at most; null: without bound.</param>
        /// <param name="fetchLocal">Whether a reference counts as ready only when its value has been brought to this node.</param>
        /// <param name="cancellationToken">Ends the waiting.</param>
        /// <returns>At most <paramref name="numReturns"/> ready references, and all others, both in input order. Fewer are ready when the time is over.</returns>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="numReturns"/> is below 1 or above the number of references.</exception>
        public async ValueTask<WaitResult<T>> WaitAsync<T>(IReadOnlyList<ObjectRef<T>> refs, int numReturns = 1, TimeSpan? timeout = null, bool fetchLocal = true, CancellationToken cancellationToken = default)
        {
            ReferenceView<ObjectRef<T>> view = WaitArguments(refs, numReturns, timeout);
            return view.Count == 0
                ? default
                : new WaitResult<T>(view, await ray.WaitAnyAsync(view, numReturns, timeout, fetchLocal, cancellationToken).ConfigureAwait(false));
        }

        /// <summary>Waits until <paramref name="numReturns"/> of the references of several types have a value or an error, or the time is over. Blocks. Never throws a task's error. An empty list gives an empty result.</summary>
        /// <param name="refs">The references; order and duplicates are kept.</param>
        /// <param name="numReturns">How many to wait for: from 1 to their number.</param>
        /// <param name="timeout">How long to wait at most; null: without bound.</param>
        /// <param name="fetchLocal">Whether a reference counts as ready only when its value has been brought to this node.</param>
        /// <param name="cancellationToken">Ends the waiting.</param>
        /// <returns>At most <paramref name="numReturns"/> ready references, and all others, both in input order. Fewer are ready when the time is over.</returns>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="numReturns"/> is below 1 or above the number of references.</exception>
        public WaitResult Wait(IReadOnlyList<ObjectRef> refs, int numReturns = 1, TimeSpan? timeout = null, bool fetchLocal = true, CancellationToken cancellationToken = default)
        {
            ReferenceView<ObjectRef> view = WaitArguments(refs, numReturns, timeout);
            return view.Count == 0 ? default : new WaitResult(view, ray.WaitAny(view, numReturns, timeout, fetchLocal, cancellationToken));
        }

        /// <summary>Waits until <paramref name="numReturns"/> of the references of several types have a value or an error, or the time is over. Never throws a task's error. An empty list gives an empty result.</summary>
        /// <param name="refs">The references; order and duplicates are kept.</param>
        /// <param name="numReturns">How many to wait for: from 1 to their number.</param>
        /// <param name="timeout">How long to wait at most; null: without bound.</param>
        /// <param name="fetchLocal">Whether a reference counts as ready only when its value has been brought to this node.</param>
        /// <param name="cancellationToken">Ends the waiting.</param>
        /// <returns>At most <paramref name="numReturns"/> ready references, and all others, both in input order. Fewer are ready when the time is over.</returns>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="numReturns"/> is below 1 or above the number of references.</exception>
        public async ValueTask<WaitResult> WaitAsync(IReadOnlyList<ObjectRef> refs, int numReturns = 1, TimeSpan? timeout = null, bool fetchLocal = true, CancellationToken cancellationToken = default)
        {
            ReferenceView<ObjectRef> view = WaitArguments(refs, numReturns, timeout);
            return view.Count == 0
                ? default
                : new WaitResult(view, await ray.WaitAnyAsync(view, numReturns, timeout, fetchLocal, cancellationToken).ConfigureAwait(false));
        }

        /// <summary>The references in the order in which they complete, with a value or an error; each once. Ask with <c>await foreach</c>.</summary>
        /// <typeparam name="T">The type of the values.</typeparam>
        /// <param name="refs">The references.</param>
        public IAsyncEnumerable<ObjectRef<T>> AsCompleted<T>(IEnumerable<ObjectRef<T>> refs) =>
            CompletionOrder.Read(ReferenceView<ObjectRef<T>>.Of(refs));
    }

    private static ReferenceView<TRef> WaitArguments<TRef>(IReadOnlyList<TRef> refs, int numReturns, TimeSpan? timeout)
        where TRef : ObjectRef
    {
        ReferenceView<TRef> view = ReferenceView<TRef>.Of(refs);
        if (numReturns < 1 || (numReturns > view.Count && view.Count > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(numReturns), numReturns, $"numReturns must be from 1 to the number of references, {view.Count}.");
        }

        if (timeout is { } limit && limit < TimeSpan.Zero && limit != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(timeout), limit, "timeout must not be negative; leave it out to wait without bound.");
        }

        return view;
    }
}
