using RayOrleans.Core;
using RayOrleans.Runtime.Tests.Cluster.Wire;

namespace RayOrleans.Runtime.Tests.Processes;

/// <summary>Makes random messages of sessions, of every sort; payloads are bytes. One seed makes one sequence.</summary>
internal sealed class SessionMaker(uint seed)
{
    private readonly MessageMaker _make = new(seed);

    /// <summary>The sorts of messages there are.</summary>
    public static IReadOnlyList<Type> Sorts { get; } =
        [.. typeof(SessionMessage).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(SessionMessage))).OrderBy(t => t.Name, StringComparer.Ordinal)];

    public List<SessionMessage> Messages() => [.. _make.List(12, () => Message(Sorts[_make.Int() is var n && n < 0 ? -(n + 1) % Sorts.Count : n % Sorts.Count]))];

    public SessionMessage Message(Type sort) => sort.Name switch
    {
        nameof(SubmitMessage) => new SubmitMessage(_make.Spec(), _make.Int()),
        nameof(PutMessage) => new PutMessage(_make.Object(), ProcessValue()) { IsReplicated = _make.Maybe() },
        nameof(NameMessage) => new NameMessage(_make.Long(), _make.Text(), _make.Text(), _make.Maybe() ? _make.Spec() : null, _make.Int(), _make.Maybe()),
        nameof(NamedMessage) => new NamedMessage(_make.Long(), _make.Maybe() ? _make.Ref() : null, _make.Maybe(), _make.Maybe() ? _make.Text() : null),
        nameof(NeedMessage) => new NeedMessage(_make.Object(), _make.Maybe()),
        nameof(ReleaseMessage) => new ReleaseMessage(_make.Object(), _make.Long()),
        nameof(AttemptEndedMessage) => Ended(),
        nameof(YieldMessage) => new YieldMessage(_make.Task(), _make.Int(), _make.Int(), ProcessValue()),
        nameof(TakeMessage) => new TakeMessage(_make.Task(), _make.Int(), _make.Maybe()),
        nameof(LeaveStreamMessage) => new LeaveStreamMessage(_make.Task()),
        nameof(CreditMessage) => new CreditMessage(_make.Task(), _make.Int(), _make.Int()),
        nameof(ItemMessage) => new ItemMessage(_make.Task(), SessionValue(mayHaveParts: true)),
        nameof(StreamEndedMessage) => new StreamEndedMessage(_make.Task(), SessionValue(mayHaveParts: false)),
        nameof(ReturnMessage) => new ReturnMessage(_make.Task(), _make.Int()),
        nameof(BlockMessage) => new BlockMessage(_make.Task(), _make.Int(), _make.Maybe()),
        nameof(ProcessWishMessage) => new ProcessWishMessage(_make.Object(), _make.Any<OwnerWish>(), _make.Maybe()),
        nameof(RunMessage) => Run(),
        nameof(SettledMessage) => new SettledMessage(_make.Object(), SessionValue(mayHaveParts: true)),
        nameof(ExistsMessage) => new ExistsMessage(_make.Object(), _make.Size()),
        nameof(GiveUpMessage) => new GiveUpMessage(_make.Task(), _make.Int()),
        nameof(StopInstanceMessage) => new StopInstanceMessage(new ActorId(_make.Task()), _make.Int(), _make.Maybe()),
        _ => throw new NotSupportedException($"A maker for {sort.Name} is missing."),
    };

    private AttemptEndedMessage Ended()
    {
        Failure? failure = _make.Maybe() ? _make.Failure() : null;
        return new AttemptEndedMessage(_make.Task(), _make.Int(), _make.List(3, ProcessValue), failure, _make.Maybe(), failure is not null && _make.Maybe() ? _make.Text() : null)
        {
            Microseconds = _make.Long(),
        };
    }

    private RunMessage Run()
    {
        SessionValue[] inputs = _make.List(4, () => SessionValue(mayHaveParts: true));
        TaskSpec spec = _make.Spec() with { DependencyCount = inputs.Length };
        return new RunMessage(spec, _make.Int(), _make.Int(), inputs, _make.Maybe() ? null : [1, 2])
        {
            Ride = _make.Any<RideKind>(),
            Produced = spec.IsStream ? _make.Int() : 0,
            Until = spec.IsStream ? _make.Int() : 0,
        };
    }

    private ProcessValue ProcessValue() => new(_make.Bytes(), _make.Size(), _make.List(3, _make.Object));

    private SessionValue SessionValue(bool mayHaveParts)
    {
        RemoteRef reference = _make.Ref();
        if (_make.Maybe())
        {
            return Core.SessionValue.Mention(reference);
        }

        if (_make.Maybe())
        {
            return new SessionValue(reference, HasValue: true, null, _make.Size(), [], _make.Failure());
        }

        if (!mayHaveParts || _make.Maybe())
        {
            return new SessionValue(reference, HasValue: true, _make.Bytes(), _make.Size(), _make.List(3, _make.Ref), null);
        }

        SessionValue[] parts = _make.List(4, () => SessionValue(mayHaveParts: false));
        return new SessionValue(reference with { PartCount = parts.Length }, HasValue: true, null, _make.Size(), [], null) { Parts = parts };
    }
}
