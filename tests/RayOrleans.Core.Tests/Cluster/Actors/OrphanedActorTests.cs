namespace RayOrleans.Core.Tests.Cluster.Actors;

/// <summary>Actors whose manager's node is dead when they end themselves: whoever takes over learns how they ended.</summary>
public sealed class OrphanedActorTests
{
    private readonly TestCluster _cluster = new(4);
    private readonly TaskRecord _handle;
    private readonly NodeSession _session;

    /// <summary>A task on the second node has made an actor that lives in a process of the third, and returned the handle to the driver on the first.</summary>
    public OrphanedActorTests()
    {
        TaskRecord task = _cluster.Submit(Manager);
        Attempt making = Manager.TryStart()!;
        ActorRecord actor = new(new ActorId(making.NextChildId()), new ActorOptions { MaxRestarts = 1 }) { ClassName = "Counter", Host = new object() };
        TaskOptions options = new() { MaxRetries = 0, Process = ProcessKind.Job, Affinity = Host.Cluster!.Self, IsSoftAffinity = true };
        TaskRecord creation = new(actor.Id.Creation, making.Task.Job, making, options) { Kind = TaskKind.ActorCreation, Actor = actor, Payload = new object(), Name = "Counter.ctor" };
        Assert.True(Manager.TryCreateActor(actor, creation));
        _cluster.Deliver();
        _session = Host.OpenSession("worker process 1");
        Construct(Host, _session);
        Assert.Equal(ActorState.Alive, actor.State);
        Assert.True(Manager.Complete(making, Outcome.Success(new object(), 1, [creation]), now: 0));
        Manager.ReleaseHold(creation, bySubmitter: true);
        _cluster.Deliver();
        _handle = (TaskRecord)task.Contained![0];
    }

    private NodeEngine Driver => _cluster.Nodes[0];

    private NodeEngine Manager => _cluster.Nodes[1];

    private NodeEngine Host => _cluster.Nodes[2];

    private ActorRecord Actor => _handle.Actor!;

    [Fact]
    public void Process_ThatEndsWhileTheManagerIsDead_IsARestart()
    {
        DieWithoutNews(Manager);
        Host.CloseSession(_session, new SessionEnd("it was killed"), 0);

        Tell(Manager);

        AssertRestarts();
    }

    [Fact]
    public void Process_ThatEndsBeforeTheManagerDies_WhichTellsNobody_IsARestart()
    {
        _cluster.IsHeldBack = b => b.From == Party.Of(Manager.Cluster!.Self);
        Host.CloseSession(_session, new SessionEnd("it was killed"), 0);
        _cluster.Deliver();

        _cluster.Kill(Manager);

        AssertRestarts();
    }

    [Fact]
    public void Node_ThatDiesWhileTheManagerIsDead_IsARestart()
    {
        DieWithoutNews(Manager);
        DieWithoutNews(Host);

        Tell(Host);
        Tell(Manager);

        Assert.Equal((ActorState.Restarting, 1), (Actor.State, Actor.RestartsUsed));
        Construct(Driver, Driver.OpenSession("worker process 2"));
        Assert.Equal((ActorState.Alive, Driver.Cluster!.Self), (Actor.State, Actor.HostNode));
    }

    [Fact]
    public void Actor_ThatEndsByItselfWhileTheManagerIsDead_IsDead()
    {
        DieWithoutNews(Manager);
        ActorRecord hosted = Host.FindActor(Actor.Id)!;
        Host.KillActor(hosted, mayRestart: false, "it called ExitActor");

        Tell(Manager);

        Assert.Equal(ActorState.Dead, Actor.State);
        Assert.Contains("it called ExitActor", Actor.Death!.Message, StringComparison.Ordinal);
    }

    private void AssertRestarts()
    {
        Assert.Equal((ActorState.Restarting, 1), (Actor.State, Actor.Incarnation));
        Construct(Host, Host.OpenSession("worker process 2"));
        Assert.Equal((ActorState.Alive, Host.Cluster!.Self), (Actor.State, Actor.HostNode));
    }

    /// <summary>What it says from now on does not arrive.</summary>
    private void DieWithoutNews(NodeEngine node)
    {
        Predicate<Batch>? before = _cluster.IsHeldBack;
        _cluster.IsHeldBack = b => before?.Invoke(b) == true || b.From == Party.Of(node.Cluster!.Self) || b.To == Party.Of(node.Cluster.Self);
    }

    /// <summary>Everybody hears of a death.</summary>
    private void Tell(NodeEngine dead)
    {
        _cluster.Deliver();
        _cluster.Kill(dead);
    }

    private void Construct(NodeEngine host, NodeSession session)
    {
        Attempt attempt = Assert.IsType<Attempt>(host.TryStart());
        host.RunIn(session, attempt);
        host.OnMessage(session, new AttemptEndedMessage(attempt.Task.TaskId, attempt.Number, [], null, IsRetriable: false, null), 0);
        _cluster.Deliver();
    }
}
