namespace RayOrleans;

/// <summary>
/// A runtime to program against: an embedded node, a driver attached to a cluster, or a fake in a test.
/// Small on purpose; everything typed (<c>Remote</c>, <c>Actor</c>, <c>Stream</c>, <c>Options</c>, ...) is generated over it. Thread-safe.
/// </summary>
public interface IRay : IRemoteTarget, IAsyncDisposable
{
    /// <summary>Where the caller stands: job, task, actor, node.</summary>
    RayContext Context { get; }

    /// <summary>What the cluster is doing: lists of nodes, tasks, actors, objects and jobs.</summary>
    IRayState State { get; }

    /// <summary>A small cluster-wide key-value table.</summary>
    IRayKeyValue Kv { get; }

    /// <summary>Calls an actor; the first argument of the invocation stands for the actor itself.</summary>
    ObjectRef<R> SubmitActorCall<R>(ActorHandle actor, in RemoteCall call);

    /// <summary>Calls a streaming method of an actor.</summary>
    ObjectRefStream<T> SubmitActorStream<T>(ActorHandle actor, in RemoteCall call);

    /// <summary>Stores a copy of a value; fails at once with <see cref="ObjectStoreFullException"/> only after the store's bounded wait for room.</summary>
    ObjectRef<T> Put<T>(T value, Durability durability = Durability.Default);

    /// <summary>Stores a copy of a value, waiting for room without blocking a thread.</summary>
    ValueTask<ObjectRef<T>> PutAsync<T>(T value, Durability durability = Durability.Default, CancellationToken cancellationToken = default);

    /// <summary>Room in the store to write a result into directly.</summary>
    /// <param name="length">The number of elements.</param>
    SharedBuffer<T> CreateBuffer<T>(int length)
        where T : unmanaged;

    /// <summary>The value, waiting for it at most <paramref name="timeout"/> (null: without bound).</summary>
    T Get<T>(ObjectRef<T> reference, TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <summary>The values in order; the first failure is thrown at once.</summary>
    IReadOnlyList<T> Get<T>(IReadOnlyList<ObjectRef<T>> references, TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <summary>The value.</summary>
    ValueTask<T> GetAsync<T>(ObjectRef<T> reference, TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <summary>The values in order; the first failure is thrown at once.</summary>
    ValueTask<IReadOnlyList<T>> GetAsync<T>(IReadOnlyList<ObjectRef<T>> references, TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <summary>A value that stays valid, with everything it reads in place from the store, until it is disposed.</summary>
    Pinned<T> GetPinned<T>(ObjectRef<T> reference, TimeSpan? timeout = null);

    /// <summary>
    /// Waits until <paramref name="numReturns"/> of the references are complete (with a value or an error) or the time is over,
    /// and returns the positions of at most that many complete ones, in ascending order. Never throws a task's error.
    /// </summary>
    IReadOnlyList<int> WaitAny(IReadOnlyList<ObjectRef> references, int numReturns, TimeSpan? timeout, bool fetchLocal, CancellationToken cancellationToken);

    /// <summary>As <see cref="WaitAny"/>, without blocking a thread.</summary>
    ValueTask<IReadOnlyList<int>> WaitAnyAsync(IReadOnlyList<ObjectRef> references, int numReturns, TimeSpan? timeout, bool fetchLocal, CancellationToken cancellationToken);

    /// <summary>Cancels the task that makes the object; without effect when it has finished.</summary>
    void Cancel(ObjectRef reference, bool force = false, bool recursive = true);

    /// <summary>Deletes the object now, everywhere, though references remain; reading it then throws <see cref="ObjectLostException"/>.</summary>
    void Free(ObjectRef reference);

    /// <summary>A weak handle to a named actor: it does not keep the actor alive, unless another node manages it.</summary>
    ActorHandle<TActor> GetActor<TActor>(string name, string? @namespace = null);

    /// <summary>Stops an actor at once; with <paramref name="noRestart"/> false it restarts if it may.</summary>
    void Kill(ActorHandle actor, bool noRestart = true);

    /// <summary>Ends the actor whose method calls this, after this call; code after it does not run.</summary>
    void ExitActor();

    /// <summary>Reserves resources as a group of bundles.</summary>
    ValueTask<PlacementGroup> PlacementGroupAsync(
        IReadOnlyList<Bundle> bundles, PlacementStrategy strategy = PlacementStrategy.Pack, string? name = null, CancellationToken cancellationToken = default);

    /// <summary>What all nodes have, by resource name.</summary>
    IReadOnlyDictionary<string, double> ClusterResources();

    /// <summary>What is free now, by resource name.</summary>
    IReadOnlyDictionary<string, double> AvailableResources();

    /// <summary>The nodes.</summary>
    IReadOnlyList<NodeInfo> Nodes();
}
