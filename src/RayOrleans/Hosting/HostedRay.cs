namespace RayOrleans;

/// <summary>
/// The <see cref="IRay"/> that a host hands out: injectable before the runtime has started, because hosted services are all made before
/// the first starts. Forwards every member; until the start they throw. The host disposes of it, and with it of the runtime.
/// </summary>
internal sealed class HostedRay : IRay
{
    private readonly Lock _lock = new();
    private volatile IRay? _ray;
    private Task? _disposal;

    public RayContext Context => Started.Context;

    public IRayState State => Started.State;

    public IRayKeyValue Kv => Started.Kv;

    private IRay Started => _ray ?? throw NotStarted();

    public static RayNotInitializedException NotStarted() => new(
        "The host has not started yet, so its Ray runtime has not either. An injected IRay can be used from the first StartAsync of a hosted service on; " +
        "in code that builds the host, call host.StartAsync() (or app.StartAsync()) first.");

    /// <summary>The runtime has started.</summary>
    public void Attach(IRay ray) => _ray = ray;

    public ObjectRef<R> Submit<R>(in RemoteCall call) => Started.Submit<R>(in call);

    public ObjectRefStream<T> SubmitStream<T>(in RemoteCall call) => Started.SubmitStream<T>(in call);

    public ActorHandle<TActor> CreateActor<TActor>(in RemoteCall call) => Started.CreateActor<TActor>(in call);

    public ObjectRef<R> SubmitActorCall<R>(ActorHandle actor, in RemoteCall call) => Started.SubmitActorCall<R>(actor, in call);

    public ObjectRefStream<T> SubmitActorStream<T>(ActorHandle actor, in RemoteCall call) => Started.SubmitActorStream<T>(actor, in call);

    public ObjectRef<T> Put<T>(T value, Durability durability = Durability.Default) => Started.Put(value, durability);

    public ValueTask<ObjectRef<T>> PutAsync<T>(T value, Durability durability = Durability.Default, CancellationToken cancellationToken = default) =>
        Started.PutAsync(value, durability, cancellationToken);

    public SharedBuffer<T> CreateBuffer<T>(int length)
        where T : unmanaged =>
        Started.CreateBuffer<T>(length);

    public T Get<T>(ObjectRef<T> reference, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Started.Get(reference, timeout, cancellationToken);

    public IReadOnlyList<T> Get<T>(IReadOnlyList<ObjectRef<T>> references, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Started.Get(references, timeout, cancellationToken);

    public ValueTask<T> GetAsync<T>(ObjectRef<T> reference, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Started.GetAsync(reference, timeout, cancellationToken);

    public ValueTask<IReadOnlyList<T>> GetAsync<T>(
        IReadOnlyList<ObjectRef<T>> references, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Started.GetAsync(references, timeout, cancellationToken);

    public Pinned<T> GetPinned<T>(ObjectRef<T> reference, TimeSpan? timeout = null) => Started.GetPinned(reference, timeout);

    public IReadOnlyList<int> WaitAny(IReadOnlyList<ObjectRef> references, int numReturns, TimeSpan? timeout, bool fetchLocal, CancellationToken cancellationToken) =>
        Started.WaitAny(references, numReturns, timeout, fetchLocal, cancellationToken);

    public ValueTask<IReadOnlyList<int>> WaitAnyAsync(
        IReadOnlyList<ObjectRef> references, int numReturns, TimeSpan? timeout, bool fetchLocal, CancellationToken cancellationToken) =>
        Started.WaitAnyAsync(references, numReturns, timeout, fetchLocal, cancellationToken);

    public void Cancel(ObjectRef reference, bool force = false, bool recursive = true) => Started.Cancel(reference, force, recursive);

    public void Free(ObjectRef reference) => Started.Free(reference);

    public ActorHandle<TActor> GetActor<TActor>(string name, string? @namespace = null) => Started.GetActor<TActor>(name, @namespace);

    public void Kill(ActorHandle actor, bool noRestart = true) => Started.Kill(actor, noRestart);

    public void ExitActor() => Started.ExitActor();

    public ValueTask<PlacementGroup> PlacementGroupAsync(
        IReadOnlyList<Bundle> bundles, PlacementStrategy strategy = PlacementStrategy.Pack, string? name = null, CancellationToken cancellationToken = default) =>
        Started.PlacementGroupAsync(bundles, strategy, name, cancellationToken);

    public IReadOnlyDictionary<string, double> ClusterResources() => Started.ClusterResources();

    public IReadOnlyDictionary<string, double> AvailableResources() => Started.AvailableResources();

    public IReadOnlyList<NodeInfo> Nodes() => Started.Nodes();

    /// <summary>Stops the runtime, once; every caller waits for it. What is called afterwards gets the stopped runtime's own errors.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            return new ValueTask(_disposal ??= _ray?.DisposeAsync().AsTask() ?? Task.CompletedTask);
        }
    }
}
