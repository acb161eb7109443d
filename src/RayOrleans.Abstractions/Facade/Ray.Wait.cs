namespace RayOrleans;

/// <content>Several objects.</content>
public static partial class Ray
{
    /// <summary>The values in order. Blocks until all are there; the first failure is thrown at once, without waiting for the rest.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="refs">The references.</param>
    /// <param name="timeout">How long to wait at most; null: without bound.</param>
    /// <param name="cancellationToken">Ends the waiting, not the task.</param>
    /// <exception cref="GetTimeoutException">The time is over; the task goes on.</exception>
    /// <exception cref="RayTaskException">The function threw; the inner exception is what it threw.</exception>
    public static IReadOnlyList<T> Get<T>(IEnumerable<ObjectRef<T>> refs, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        RayAmbient.Required.Get(refs, timeout, cancellationToken);

    /// <summary>The values in order; the first failure is thrown at once, without waiting for the rest.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="refs">The references.</param>
    /// <param name="timeout">How long to wait at most; null: without bound.</param>
    /// <param name="cancellationToken">Ends the waiting, not the task.</param>
    /// <exception cref="GetTimeoutException">The time is over; the task goes on.</exception>
    /// <exception cref="RayTaskException">The function threw; the inner exception is what it threw.</exception>
    public static ValueTask<IReadOnlyList<T>> GetAsync<T>(IEnumerable<ObjectRef<T>> refs, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        RayAmbient.Required.GetAsync(refs, timeout, cancellationToken);

    /// <summary>Waits until <paramref name="numReturns"/> of the references have a value or an error, or the time is over. Blocks. Never throws a task's error. An empty list gives an empty result.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="refs">The references; order and duplicates are kept.</param>
    /// <param name="numReturns">How many to wait for: from 1 to their number.</param>
    /// <param name="timeout">How long to wait at most; null: without bound.</param>
    /// <param name="fetchLocal">Whether a reference counts as ready only when its value has been brought to this node.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>At most <paramref name="numReturns"/> ready references, and all others, both in input order. Fewer are ready when the time is over.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="numReturns"/> is below 1 or above the number of references.</exception>
    public static WaitResult<T> Wait<T>(IReadOnlyList<ObjectRef<T>> refs, int numReturns = 1, TimeSpan? timeout = null, bool fetchLocal = true, CancellationToken cancellationToken = default) =>
        RayAmbient.Required.Wait(refs, numReturns, timeout, fetchLocal, cancellationToken);

    /// <summary>Waits until <paramref name="numReturns"/> of the references have a value or an error, or the time is over. Never throws a task's error. An empty list gives an empty result.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="refs">The references; order and duplicates are kept.</param>
    /// <param name="numReturns">How many to wait for: from 1 to their number.</param>
    /// <param name="timeout">How long to wait at most; null: without bound.</param>
    /// <param name="fetchLocal">Whether a reference counts as ready only when its value has been brought to this node.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>At most <paramref name="numReturns"/> ready references, and all others, both in input order. Fewer are ready when the time is over.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="numReturns"/> is below 1 or above the number of references.</exception>
    public static ValueTask<WaitResult<T>> WaitAsync<T>(IReadOnlyList<ObjectRef<T>> refs, int numReturns = 1, TimeSpan? timeout = null, bool fetchLocal = true, CancellationToken cancellationToken = default) =>
        RayAmbient.Required.WaitAsync(refs, numReturns, timeout, fetchLocal, cancellationToken);

    /// <summary>Waits until <paramref name="numReturns"/> of the references of several types have a value or an error, or the time is over. Blocks. Never throws a task's error. An empty list gives an empty result.</summary>
    /// <param name="refs">The references; order and duplicates are kept.</param>
    /// <param name="numReturns">How many to wait for: from 1 to their number.</param>
    /// <param name="timeout">How long to wait at most; null: without bound.</param>
    /// <param name="fetchLocal">Whether a reference counts as ready only when its value has been brought to this node.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>At most <paramref name="numReturns"/> ready references, and all others, both in input order. Fewer are ready when the time is over.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="numReturns"/> is below 1 or above the number of references.</exception>
    public static WaitResult Wait(IReadOnlyList<ObjectRef> refs, int numReturns = 1, TimeSpan? timeout = null, bool fetchLocal = true, CancellationToken cancellationToken = default) =>
        RayAmbient.Required.Wait(refs, numReturns, timeout, fetchLocal, cancellationToken);

    /// <summary>Waits until <paramref name="numReturns"/> of the references of several types have a value or an error, or the time is over. Never throws a task's error. An empty list gives an empty result.</summary>
    /// <param name="refs">The references; order and duplicates are kept.</param>
    /// <param name="numReturns">How many to wait for: from 1 to their number.</param>
    /// <param name="timeout">How long to wait at most; null: without bound.</param>
    /// <param name="fetchLocal">Whether a reference counts as ready only when its value has been brought to this node.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>At most <paramref name="numReturns"/> ready references, and all others, both in input order. Fewer are ready when the time is over.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="numReturns"/> is below 1 or above the number of references.</exception>
    public static ValueTask<WaitResult> WaitAsync(IReadOnlyList<ObjectRef> refs, int numReturns = 1, TimeSpan? timeout = null, bool fetchLocal = true, CancellationToken cancellationToken = default) =>
        RayAmbient.Required.WaitAsync(refs, numReturns, timeout, fetchLocal, cancellationToken);

    /// <summary>The references in the order in which they complete, with a value or an error; each once. Ask with <c>await foreach</c>.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="refs">The references.</param>
    public static IAsyncEnumerable<ObjectRef<T>> AsCompleted<T>(IEnumerable<ObjectRef<T>> refs) =>
        RayAmbient.Required.AsCompleted(refs);
}
