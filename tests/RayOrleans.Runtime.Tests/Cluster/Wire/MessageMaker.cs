using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Tests.Cluster.Wire;

/// <summary>Makes random messages of every sort; payloads are bytes. One seed makes one sequence.</summary>
internal sealed class MessageMaker(uint seed)
{
    private readonly Random _random = new((int)seed);
    private readonly NodeId[] _nodes = [.. Enumerable.Range(1, 20).Select(i => new NodeId(((UInt128)seed << 64) + (UInt128)i))];
    private RemoteActor? _actor;

    /// <summary>The sorts of messages there are.</summary>
    public static IReadOnlyList<Type> Sorts { get; } =
        [.. typeof(Message).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Message))).OrderBy(t => t.Name, StringComparer.Ordinal)];

    public Batch Batch() => new(
        Maybe() ? Party.Of(Node()) : Party.OfShard(_random.Next(100)), Long(), Maybe() ? Party.Of(Node()) : Party.OfShard(_random.Next(100)), Long(), Long(),
        List(12, () => Message(Sorts[_random.Next(Sorts.Count)])));

    public Message Message(Type sort) => sort.Name switch
    {
        nameof(ExecuteMessage) => Execute(),
        nameof(CompletedMessage) => new CompletedMessage(Task(), Int(), List(3, Result), List(2, () => new NestedResult(Int(), Result())), Maybe() ? Failure() : null, Maybe(), Maybe(), Long()) { Blame = Any<Blame>() },
        nameof(StreamItemMessage) => new StreamItemMessage(Task(), Int(), Int(), Result(), Long()),
        nameof(StreamRoomMessage) => new StreamRoomMessage(Task(), Int(), Int()),
        nameof(RefusedMessage) => new RefusedMessage(Task(), Int(), Maybe()),
        nameof(CancelMessage) => new CancelMessage(Task(), Int(), Maybe(), Maybe()),
        nameof(WantedMessage) => new WantedMessage(Task(), Int()),
        nameof(TransitDoneMessage) => new TransitDoneMessage(Long()),
        nameof(JobEndedMessage) => new JobEndedMessage(Job(), Text()),
        nameof(StopActorMessage) => new StopActorMessage(new ActorId(Task()), Int(), Maybe(), Maybe(), Text()),
        nameof(ActorEndedMessage) => new ActorEndedMessage(new ActorId(Task()), Int(), Text(), Any<Blame>()),
        nameof(ActorManagerMessage) => new ActorManagerMessage(new ActorId(Task()), Int()),
        nameof(PublishMessage) => new PublishMessage(Task(), Maybe() ? Spec() : null, Int(), Int(), List(3, Report), Maybe() ? ActorReport() : null) { Uncharged = Maybe() ? Int() : 0, IsEvicted = Maybe() },
        nameof(AdoptMessage) => new AdoptMessage(Task(), Maybe() ? Spec() : null, Int(), Int(), List(3, Report), Maybe() ? ActorReport() : null) { Uncharged = Maybe() ? Int() : 0, IsEvicted = Maybe() },
        nameof(HoldMessage) => new HoldMessage(Ref(), Any<HoldLevel>()),
        nameof(ObjectMessage) => new ObjectMessage(Report()),
        nameof(UnlocatedMessage) => new UnlocatedMessage(Object(), Int()),
        nameof(SubscribeMessage) => new SubscribeMessage(Ref(), Maybe()),
        nameof(FindMessage) => new FindMessage(Ref()),
        nameof(WishMessage) => new WishMessage(Ref(), Any<OwnerWish>(), Maybe()),
        nameof(OrphanMessage) => new OrphanMessage(Ref(), Node(), Int()),
        nameof(ActorMessage) => new ActorMessage(Task(), ActorReport()),
        nameof(DisownMessage) => new DisownMessage(Task(), Int()),
        nameof(RepublishedMessage) => new RepublishedMessage(),
        nameof(DeathMessage) => new DeathMessage(Node()),
        nameof(StateMessage) => new StateMessage(Report(), List(4, Node), Node(), Maybe() ? ActorReport() : null),
        nameof(DiscardMessage) => new DiscardMessage(Object(), Int()),
        nameof(KeepMessage) => new KeepMessage(Report(), List(4, Node), Node()),
        nameof(DeleteMessage) => new DeleteMessage(Object()),
        nameof(ForgetMessage) => new ForgetMessage(Task()),
        nameof(JobMessage) => new JobMessage(JobReport()),
        nameof(JobStateMessage) => new JobStateMessage(JobReport()),
        nameof(RebuildMessage) => new RebuildMessage(Object(), Int()),
        _ => throw new NotSupportedException($"A maker for {sort.Name} is missing."),
    };

    public ResourceShape Shape() => Maybe()
        ? ResourceShape.OneCpu
        : new ResourceShape(_random.Next(50_000), Maybe() ? 0 : ResourceAmount.One * _random.Next(4), _random.NextInt64(1L << 40), Labels()?.ToDictionary(l => l.Key, _ => _random.NextInt64(1, 1L << 50)));

    public Dictionary<string, string>? Labels() =>
        Maybe() ? null : Enumerable.Range(0, _random.Next(4)).Select(_ => Text()).Distinct().ToDictionary(k => k, _ => Text(), StringComparer.Ordinal);

    public NodeId Node() => _nodes[_random.Next(_nodes.Length)];

    public TaskId Task() => new((ulong)_random.NextInt64(), (ulong)_random.NextInt64());

    public ObjectId Object() => new(Task(), _random.Next(-1, 5));

    public bool Maybe() => _random.Next(2) == 0;

    public int Int() => Maybe() ? _random.Next(-1, 10) : _random.Next(int.MinValue, int.MaxValue);

    public long Long() => Maybe() ? _random.Next(0, 10) : _random.NextInt64(long.MinValue, long.MaxValue);

    public string Text() => new([.. Enumerable.Range(0, _random.Next(20)).Select(_ => Maybe() ? (char)_random.Next('a', 'z') : 'ü')]);

    public T[] List<T>(int most, Func<T> make) => [.. Enumerable.Range(0, _random.Next(most)).Select(_ => make())];

    private JobReport JobReport() => new(Job(), Node(), Any<JobStatus>())
    {
        Namespace = Text(),
        Name = Text(),
        Program = Text(),
        StartedAt = Long(),
        EndedAt = Long(),
        Reason = Maybe() ? Text() : null,
    };

    private ExecuteMessage Execute()
    {
        TaskSpec spec = Spec();
        List<RemoteInput> inputs = [];
        foreach (RemoteRef reference in spec.Inputs)
        {
            bool isInline = Maybe();
            inputs.Add(new RemoteInput(Maybe() ? reference : Ref(), isInline, isInline ? Bytes() : null, Size()));
        }

        return new ExecuteMessage(spec, Int(), inputs, Int(), Int()) { Kept = List(3, Int), Produced = spec.IsStream ? Int() : 0, Until = spec.IsStream ? Int() : 0 };
    }

    public TaskSpec Spec()
    {
        TaskId id = Task();
        return new TaskSpec
        {
            Id = id,
            Kind = Any<Core.TaskKind>(),
            Job = Job(),
            Driver = Node(),
            Namespace = Maybe() ? Text() : null,
            Parent = Task(),
            Depth = Int(),
            Options = Options(),
            Payload = Bytes(),
            PayloadBytes = Size(),
            Name = Maybe() ? Text() : null,
            PartCount = Int(),
            IsStream = Maybe(),
            DependencyCount = Int(),
            Inputs = List(4, Ref),
            Actor = Maybe() ? Actor() : null,
            ActorId = Maybe() ? ActorId.None : new ActorId(Maybe() ? id : Task()),
            Lane = Int(),
        };
    }

    private TaskOptions Options()
    {
        if (Maybe())
        {
            return TaskOptions.Default;
        }

        TaskOptions plain = new() { Shape = Shape(), MaxRetries = Int(), FailIfUnschedulable = Maybe(), Affinity = Maybe() ? Node() : default, IsSoftAffinity = Maybe(), Spread = Maybe(), Labels = Labels(), Process = Any<ProcessKind>(), Environment = ProcessEnvironment.Of(Labels(), Maybe() ? Text() : null) };
        plain = plain.Process == ProcessKind.Own ? plain with { IsAlone = Maybe() } : plain;
        return Maybe() ? plain : new OpaqueTaskOptions(plain, [1, .. Bytes()]);
    }

    private RemoteActor Actor() => _actor is { } known && Maybe() ? known : _actor = new RemoteActor(
        new ActorOptions
        {
            Name = Maybe() ? Text() : null,
            Namespace = Text(),
            IsDetached = Maybe(),
            MaxRestarts = Int(),
            TakesTurns = Maybe(),
            MaxConcurrency = Int(),
            AllowOutOfOrder = Maybe(),
            LaneLimits = List(3, Int),
            MaxPendingCalls = Int(),
            KeepsResources = Maybe(),
        },
        Maybe() ? Text() : null,
        Maybe() ? Bytes() : null);

    public RemoteRef Ref() => new(Object(), Node(), Job(), Maybe() ? Node() : NodeId.None, Int(), Maybe() ? Actor() : null);

    private RemoteResult Result()
    {
        bool isStored = Maybe();
        return new RemoteResult(isStored ? null : Bytes(), isStored, Size(), List(3, Ref));
    }

    private ObjectReport Report()
    {
        ObjectStatus status = Any<ObjectStatus>();
        object? value = status == ObjectStatus.Available ? Bytes() : status == ObjectStatus.Failed ? Failure() : null;
        return new ObjectReport(Ref(), status, Int(), Size(), value, List(3, Ref), Maybe(), Any<HoldLevel>());
    }

    private ActorReport ActorReport() => new(Any<Core.ActorState>(), Int(), Int(), Node(), Maybe() ? Failure() : null);

    public Failure Failure() =>
        new(Any<FailureKind>(), Text(), Maybe() ? Bytes() : null, Task(), Maybe() ? Text() : null, Int()) { HadStarted = Maybe() };

    public int Size() => _random.Next(1 << 20);

    public JobId Job() => new((ulong)_random.NextInt64());

    public byte[] Bytes()
    {
        byte[] bytes = new byte[Maybe() ? _random.Next(20) : _random.Next(2_000)];
        _random.NextBytes(bytes);
        return bytes;
    }

    public T Any<T>()
        where T : struct, Enum
    {
        T[] all = Enum.GetValues<T>();
        return all[_random.Next(all.Length)];
    }
}
