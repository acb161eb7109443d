namespace RayOrleans;

/// <content>Objects.</content>
public static partial class Ray
{
    /// <summary>Stores a copy of a value and returns its reference. Waits for room for a bounded time.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="value">The value; later changes of it are not seen by getters.</param>
    /// <param name="durability">How safe the object is before this returns.</param>
    /// <exception cref="ObjectStoreFullException">There is no room, also after eviction and spilling.</exception>
    /// <exception cref="RaySerializationException">The value cannot be serialised; names the member path.</exception>
    public static ObjectRef<T> Put<T>(T value, Durability durability = Durability.Default) =>
        RayAmbient.Required.Put(value, durability);

    /// <summary>Stores a copy of a value and returns its reference. Waits for room without blocking a thread.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="value">The value; later changes of it are not seen by getters.</param>
    /// <param name="durability">How safe the object is before this completes.</param>
    /// <param name="cancellationToken">Ends the waiting for room.</param>
    /// <exception cref="RaySerializationException">The value cannot be serialised; names the member path.</exception>
    public static ValueTask<ObjectRef<T>> PutAsync<T>(T value, Durability durability = Durability.Default, CancellationToken cancellationToken = default) =>
        RayAmbient.Required.PutAsync(value, durability, cancellationToken);

    /// <summary>Room in the object store to write a value into directly; seal it to get its reference.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="length">The number of elements.</param>
    /// <exception cref="ObjectStoreFullException">There is no room, also after eviction and spilling.</exception>
    public static SharedBuffer<T> CreateBuffer<T>(int length)
        where T : unmanaged =>
        RayAmbient.Required.CreateBuffer<T>(length);

    /// <summary>The value, as a copy of the caller's own. Blocks until it is there.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="r">The reference.</param>
    /// <param name="timeout">How long to wait at most; null: without bound.</param>
    /// <param name="cancellationToken">Ends the waiting, not the task.</param>
    /// <exception cref="GetTimeoutException">The time is over; the task goes on.</exception>
    /// <exception cref="RayTaskException">The function threw; the inner exception is what it threw.</exception>
    public static T Get<T>(ObjectRef<T> r, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        RayAmbient.Required.Get(r, timeout, cancellationToken);

    /// <summary>The values in order. Blocks until all are there; the first failure is thrown at once, without waiting for the rest.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="refs">The references.</param>
    /// <param name="timeout">How long to wait at most; null: without bound.</param>
    /// <param name="cancellationToken">Ends the waiting, not the task.</param>
    /// <exception cref="GetTimeoutException">The time is over; the task goes on.</exception>
    /// <exception cref="RayTaskException">The function threw; the inner exception is what it threw.</exception>
    public static IReadOnlyList<T> Get<T>(IReadOnlyList<ObjectRef<T>> refs, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        RayAmbient.Required.Get(refs, timeout, cancellationToken);

    /// <summary>The value, as a copy of the caller's own.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="r">The reference.</param>
    /// <param name="timeout">How long to wait at most; null: without bound.</param>
    /// <param name="cancellationToken">Ends the waiting, not the task.</param>
    /// <exception cref="GetTimeoutException">The time is over; the task goes on.</exception>
    /// <exception cref="RayTaskException">The function threw; the inner exception is what it threw.</exception>
    public static ValueTask<T> GetAsync<T>(ObjectRef<T> r, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        RayAmbient.Required.GetAsync(r, timeout, cancellationToken);

    /// <summary>The values in order; the first failure is thrown at once, without waiting for the rest.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="refs">The references.</param>
    /// <param name="timeout">How long to wait at most; null: without bound.</param>
    /// <param name="cancellationToken">Ends the waiting, not the task.</param>
    /// <exception cref="GetTimeoutException">The time is over; the task goes on.</exception>
    /// <exception cref="RayTaskException">The function threw; the inner exception is what it threw.</exception>
    public static ValueTask<IReadOnlyList<T>> GetAsync<T>(IReadOnlyList<ObjectRef<T>> refs, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        RayAmbient.Required.GetAsync(refs, timeout, cancellationToken);

    /// <summary>A value that stays valid, with everything it reads in place from the store, until it is disposed. Blocks until it is there.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="r">The reference.</param>
    /// <param name="timeout">How long to wait at most; null: without bound.</param>
    /// <exception cref="GetTimeoutException">The time is over; the task goes on.</exception>
    /// <exception cref="RayTaskException">The function threw; the inner exception is what it threw.</exception>
    public static Pinned<T> GetPinned<T>(ObjectRef<T> r, TimeSpan? timeout = null) =>
        RayAmbient.Required.GetPinned(r, timeout);

    /// <summary>Cancels the task that makes the object, before or while it runs; getting the object then throws <see cref="RayTaskCancelledException"/>. Without effect when the task has finished.</summary>
    /// <param name="r">The reference.</param>
    /// <param name="force">Whether to end the worker process where the function does not react.</param>
    /// <param name="recursive">Whether the tasks that it submitted are cancelled too.</param>
    /// <exception cref="ArgumentException"><paramref name="force"/> is asked for a call of an actor.</exception>
    public static void Cancel(ObjectRef r, bool force = false, bool recursive = true) =>
        RayAmbient.Required.Cancel(r, force, recursive);

    /// <summary>Deletes the object now, everywhere, though references remain; reading it then throws <see cref="ObjectLostException"/>.</summary>
    /// <param name="r">The reference.</param>
    public static void Free(ObjectRef r) =>
        RayAmbient.Required.Free(r);
}
