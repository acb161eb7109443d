namespace RayOrleans.Core.Tests.Sessions;

/// <summary>Actors that live in processes of the node, and what is left of them there.</summary>
public sealed class ProcessActorTests
{
    private readonly TestEngine _node = new(cpus: 4);

    [Fact]
    public void BusyActor_IsKilledAndConstructedInTheSameProcess_ItsCallRunsThereTwice()
    {
        NodeSession session = Open();
        ActorRecord actor = NewActor(session);
        TaskRecord call = _node.Call(actor, retries: 3);
        Attempt deaf = Run(session, call);
        _ = session.TakeMessages();

        _node.Do(e => e.KillActor(actor, mayRestart: true, "it was killed"));
        CarryOut();
        Construct(session, actor);
        Attempt next = Run(session, call);

        Assert.Equal((2, 1), (session.RunningCount, session.InstanceCount));
        Answer(session, call, next.Number);
        Answer(session, call, deaf.Number);
        Assert.Equal((TaskState.Succeeded, 0, 1), (call.State, session.RunningCount, session.InstanceCount));
    }

    [Fact]
    public void KilledActor_IsToldToGo_WithoutDispose()
    {
        NodeSession session = Open();
        ActorRecord actor = NewActor(session);
        _ = session.TakeMessages();

        _node.Do(e => e.KillActor(actor, mayRestart: false, "it was killed"));
        CarryOut();

        Assert.Equal(0, session.InstanceCount);
        StopInstanceMessage stop = Assert.Single(session.TakeMessages().OfType<StopInstanceMessage>());
        Assert.False(stop.Dispose);
    }

    [Fact]
    public void Process_DisposesOfAnActor_OnlyIfItIsTold()
    {
        Assert.DoesNotContain(EffectsOfStop(dispose: false), static e => e.Kind == EffectKind.StopActor);
        Assert.Contains(EffectsOfStop(dispose: true), static e => e.Kind == EffectKind.StopActor);
    }

    [Fact]
    public void IncarnationsThatEndInAnyOrder_AreKeptApart()
    {
        NodeSession session = Open();
        ActorRecord actor = MakeActor(new ActorOptions { MaxRestarts = -1 });
        Attempt first = Run(session, actor.Creation);
        _node.Do(e => e.KillActor(actor, mayRestart: true, "it was killed"));
        Attempt second = Run(session, actor.Creation);

        Answer(session, actor.Creation, second.Number);
        Answer(session, actor.Creation, first.Number);
        CarryOut();

        Assert.Equal(1, session.InstanceCount);
        Assert.Equal(second.Incarnation, Assert.IsType<ProcessInstance>(actor.Instance).Incarnation);
        Assert.True(session.Hosts((ProcessInstance)actor.Instance!));
    }

    [Fact]
    public void DetachedActor_KeepsItsProcess_UntilItDies()
    {
        NodeSession session = Open();
        ActorRecord other = NewActor(session);
        Assert.False(session.HostsDetached);
        ActorRecord detached = MakeActor(new ActorOptions { IsDetached = true });
        Attempt constructing = Run(session, detached.Creation);
        Assert.True(session.HostsDetached);
        Answer(session, detached.Creation, constructing.Number);
        Assert.True(session.HostsDetached);

        // Deaf calls of both go on.
        _ = Run(session, _node.Call(other));
        _ = Run(session, _node.Call(detached));
        _node.Do(e => e.EndJob(_node.Job, "its driver has ended"));
        Assert.True(session.HostsDetached);
        _node.Do(e => e.KillActor(detached, mayRestart: false, "it was killed"));

        Assert.False(session.HostsDetached);
    }

    [Fact]
    public void AttemptThatIsGivenUpBeforeItIsHandedOver_Ends_AndItsCpuIsFree()
    {
        TaskRecord task = _node.NewTask();
        _node.Send(task);
        Attempt attempt = _node.Start(task);
        Assert.False(_node.Engine.EndIfAbandoned(attempt, now: 0));

        _node.Do(e => e.Cancel(task));

        Assert.True(_node.Engine.EndIfAbandoned(attempt, now: 0));
        Assert.True(attempt.IsEnded);
        Assert.Empty(_node.Engine.AbandonedAttempts);
        Assert.Equal(_node.Engine.Resources.Total.Cpu, _node.Engine.Resources.FreeCpu);
    }

    private static List<Effect> EffectsOfStop(bool dispose)
    {
        NodeEngine process = new(new EngineOptions { Resources = ResourceShape.Zero, IsProcess = true });
        TestEngine node = new();
        NodeSession session = node.Engine.OpenSession("worker process");
        TaskId id = node.Job.NextChildId();
        ActorRecord actor = new(new ActorId(id), new ActorOptions());
        TaskRecord creation = new(id, node.Job, null, new TaskOptions { Process = ProcessKind.Job }) { Kind = TaskKind.ActorCreation, Actor = actor, Payload = "construct" };
        Assert.True(node.Engine.TryCreateActor(actor, creation));
        node.Engine.RunIn(session, node.Engine.TryStart()!);
        session.TakeMessages().ForEach(process.OnNodeMessage);
        Attempt attempt = process.TryStart()!;
        process.Complete(attempt, Outcome.Success(new object()), now: 0);

        process.OnNodeMessage(new StopInstanceMessage(actor.Id, 0, dispose));

        Effect[] effects = [];
        int count = process.TakeEffects(ref effects);
        return [.. effects[..count]];
    }

    private NodeSession Open() => _node.Engine.OpenSession("worker process");

    private ActorRecord MakeActor(ActorOptions options)
    {
        TaskId id = _node.Job.NextChildId();
        ActorRecord actor = new(new ActorId(id), options) { ClassName = "Counter" };
        TaskRecord creation = new(id, _node.Job, null, new TaskOptions { Process = ProcessKind.Job }) { Kind = TaskKind.ActorCreation, Actor = actor, Payload = "construct" };
        Assert.True(_node.Engine.TryCreateActor(actor, creation));
        _node.Take();
        return actor;
    }

    private ActorRecord NewActor(NodeSession session)
    {
        ActorRecord actor = MakeActor(new ActorOptions { MaxRestarts = -1 });
        Construct(session, actor);
        return actor;
    }

    private void Construct(NodeSession session, ActorRecord actor) => Answer(session, actor.Creation, Run(session, actor.Creation).Number);

    private Attempt Run(NodeSession session, TaskRecord expected)
    {
        Attempt attempt = _node.Start(expected);
        Assert.False(_node.Engine.EndIfAbandoned(attempt, now: 0));
        _node.Engine.RunIn(session, attempt);
        return attempt;
    }

    private void Answer(NodeSession session, TaskRecord task, int attempt)
    {
        IReadOnlyList<ProcessValue> results = task.Kind == TaskKind.ActorCreation ? [] : [new ProcessValue("done", 8, [])];
        _node.Do(e => e.OnMessage(session, new AttemptEndedMessage(task.TaskId, attempt, results, null, IsRetriable: false, null), now: 0));
    }

    /// <summary>Carries out what concerns instances, as a node does.</summary>
    private void CarryOut()
    {
        foreach (Effect effect in _node.Effects)
        {
            if (effect is { Kind: EffectKind.StopActor or EffectKind.KillInstance, Extra: ProcessInstance instance })
            {
                NodeEngine.StopInstance(instance, dispose: effect.Kind == EffectKind.StopActor);
            }
        }

        _node.Effects.Clear();
    }
}
