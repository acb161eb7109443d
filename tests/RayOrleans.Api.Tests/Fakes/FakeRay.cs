namespace RayOrleans.Api.Tests.Fakes;

/// <summary>A runtime that runs every call at once on the calling thread and remembers it.</summary>
internal sealed class FakeRay : IRay
{
    private readonly Dictionary<ActorId, object?> _actors = [];

    public FakeRay() => Hold = new FakeHold(this);

    public FakeHold Hold { get; }

    public List<FakeCall> Calls { get; } = [];

    public FakeCall Last => Calls[^1];

    public int Waits { get; private set; }

    public IReadOnlyList<Bundle>? Bundles { get; private set; }

    public (ActorHandle Actor, bool NoRestart)? Killed { get; private set; }

    public (ObjectRef Reference, bool Force, bool Recursive)? Cancelled { get; private set; }

    public ObjectRef? Freed { get; private set; }

    /// <summary>What an executed call sees as its token.</summary>
    public CancellationToken Token { get; set; }

    public RayContext Context { get; set; } = new();

    public IRayState State => throw new NotSupportedException();

    public IRayKeyValue Kv { get; } = new FakeKeyValue();

    public ObjectRef<R> Submit<R>(in RemoteCall call) => Run<R>(nameof(Submit), call, actor: null);

    public ObjectRefStream<T> SubmitStream<T>(in RemoteCall call) => Stream<T>(nameof(SubmitStream), call, actor: null);

    public ObjectRef<R> SubmitActorCall<R>(ActorHandle actor, in RemoteCall call) => Run<R>(nameof(SubmitActorCall), call, _actors[actor.Id]);

    public ObjectRefStream<T> SubmitActorStream<T>(ActorHandle actor, in RemoteCall call) => Stream<T>(nameof(SubmitActorStream), call, _actors[actor.Id]);

    public ActorHandle<TActor> CreateActor<TActor>(in RemoteCall call)
    {
        ObjectRef<TActor> created = Run<TActor>(nameof(CreateActor), call, actor: null);
        ActorId id = new(created.Id.Task);
        _actors[id] = created.Hold.Read(created);
        return new ActorHandle<TActor>(id, this, created);
    }

    public ObjectRef<T> Put<T>(T value, Durability durability = Durability.Default) => Hold.Ready(value);

    public ValueTask<ObjectRef<T>> PutAsync<T>(T value, Durability durability = Durability.Default, CancellationToken cancellationToken = default) =>
        new(Hold.Ready(value));

    public SharedBuffer<T> CreateBuffer<T>(int length)
        where T : unmanaged => new(new FakeBufferOwner(Hold, length));

    public T Get<T>(ObjectRef<T> reference, TimeSpan? timeout = null, CancellationToken cancellationToken = default) => reference.Hold.Read(reference);

    public IReadOnlyList<T> Get<T>(IReadOnlyList<ObjectRef<T>> references, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        [.. references.Select(r => r.Hold.Read(r))];

    public ValueTask<T> GetAsync<T>(ObjectRef<T> reference, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        new(reference.AsTask(cancellationToken));

    public async ValueTask<IReadOnlyList<T>> GetAsync<T>(
        IReadOnlyList<ObjectRef<T>> references, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        await Task.WhenAll(references.Select(r => r.AsTask(cancellationToken)));

    public Pinned<T> GetPinned<T>(ObjectRef<T> reference, TimeSpan? timeout = null) => new(reference.Hold.Read(reference), pin: null);

    public IReadOnlyList<int> WaitAny(
        IReadOnlyList<ObjectRef> references, int numReturns, TimeSpan? timeout, bool fetchLocal, CancellationToken cancellationToken)
    {
        Waits++;
        return [.. Enumerable.Range(0, references.Count).Where(i => references[i].IsCompleted).Take(numReturns)];
    }

    public ValueTask<IReadOnlyList<int>> WaitAnyAsync(
        IReadOnlyList<ObjectRef> references, int numReturns, TimeSpan? timeout, bool fetchLocal, CancellationToken cancellationToken) =>
        new(WaitAny(references, numReturns, timeout, fetchLocal, cancellationToken));

    public void Cancel(ObjectRef reference, bool force = false, bool recursive = true) => Cancelled = (reference, force, recursive);

    public void Free(ObjectRef reference) => Freed = reference;

    public ActorHandle<TActor> GetActor<TActor>(string name, string? @namespace = null) => throw new ArgumentException($"There is no actor named '{name}'.", nameof(name));

    public void Kill(ActorHandle actor, bool noRestart = true) => Killed = (actor, noRestart);

    public void ExitActor() => throw new InvalidOperationException("ExitActor is for methods of actors.");

    public ValueTask<PlacementGroup> PlacementGroupAsync(
        IReadOnlyList<Bundle> bundles, PlacementStrategy strategy = PlacementStrategy.Pack, string? name = null, CancellationToken cancellationToken = default)
    {
        Bundles = bundles;
        return new(new PlacementGroup(new PlacementGroupId(new TaskId(1, 1)), bundles, strategy, name, new FakeGroupControl()));
    }

    public IReadOnlyDictionary<string, double> ClusterResources() => new Dictionary<string, double> { ["CPU"] = 2 };

    public IReadOnlyDictionary<string, double> AvailableResources() => new Dictionary<string, double> { ["CPU"] = 1 };

    public IReadOnlyList<NodeInfo> Nodes() => [new NodeInfo { IsAlive = true }];

    public ValueTask DisposeAsync()
    {
        RayAmbient.RemoveDefault(this);
        return default;
    }

    private FakeFrame Start(string kind, Type result, in RemoteCall call, object? actor, out Task? running)
    {
        FakePacker packer = new();
        call.Invocation.Pack(packer);
        Calls.Add(new FakeCall(kind, result, call, packer));
        FakeFrame frame = new(actor, Token);
        try
        {
            running = call.Invocation.Execute(frame);
        }
        catch (Exception e)
        {
            running = Task.FromException(e);
        }

        return frame;
    }

    private ObjectRef<R> Run<R>(string kind, in RemoteCall call, object? actor)
    {
        FakeFrame frame = Start(kind, typeof(R), call, actor, out Task? running);
        FakeEntry entry = new();
        if (running is null)
        {
            Assert.Equal(1, frame.Returns);
            entry.Completion.SetResult(frame.Result);
        }
        else
        {
            _ = FinishAsync(running, frame, entry);
        }

        return Hold.Ref<R>(entry);
    }

    private ObjectRefStream<T> Stream<T>(string kind, in RemoteCall call, object? actor)
    {
        FakeFrame frame = Start(kind, typeof(T), call, actor, out Task? running);
        return new ObjectRefStream<T>(new FakeStream(Hold, ItemsAsync(running, frame)));
    }

    private static async Task<List<object?>> ItemsAsync(Task? running, FakeFrame frame)
    {
        await (running ?? Task.CompletedTask);
        return frame.Items;
    }

    private static async Task FinishAsync(Task running, FakeFrame frame, FakeEntry entry)
    {
        try
        {
            await running;
            entry.Completion.SetResult(frame.Result);
        }
        catch (Exception e)
        {
            entry.Completion.SetException(new RayTaskException("fake", default, 0, e));
        }
    }
}
