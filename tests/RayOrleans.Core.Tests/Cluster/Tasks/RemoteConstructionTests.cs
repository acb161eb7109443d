namespace RayOrleans.Core.Tests.Cluster.Tasks;

/// <summary>Actors that are constructed on another node than their manager's.</summary>
public sealed class RemoteConstructionTests
{
    private readonly TestCluster _cluster = new(2);
    private readonly ActorRecord _actor;
    private readonly TaskRecord _creation;

    public RemoteConstructionTests()
    {
        TaskId id = _cluster.Job.NextChildId();
        _actor = new ActorRecord(new ActorId(id), new ActorOptions { MaxRestarts = 0 }) { ClassName = "Counter", Host = new object() };
        _creation = new TaskRecord(id, _cluster.Job, null, new TaskOptions { MaxRetries = 1, Affinity = Host.Cluster!.Self })
        {
            Kind = TaskKind.ActorCreation,
            Actor = _actor,
            Payload = new object(),
        };
        Assert.True(Manager.TryCreateActor(_actor, _creation));
        _cluster.Deliver();
    }

    private NodeEngine Manager => _cluster.Nodes[0];

    private NodeEngine Host => _cluster.Nodes[1];

    [Fact]
    public void ConstructorThatIsRepeated_WhereAHandleIs_LeavesNothing()
    {
        ObjectEntry handle = GiveHandle();
        FailConstructor();
        Construct();

        // The handle goes first, and the actor lives on.
        Host.ReleaseHold(handle);
        _cluster.Deliver();
        Assert.Equal(ActorState.Alive, Assert.Single(Host.Actors).State);

        Manager.ReleaseHold(_creation, bySubmitter: true);
        _cluster.Deliver();
        Assert.Empty(Host.Actors);
        _cluster.AssertEmpty();
    }

    [Fact]
    public void CallsOfItsNode_WhileTheConstructorIsRepeated_Wait()
    {
        TaskRecord handle = (TaskRecord)GiveHandle();
        TaskRecord earlier = Call(handle);
        FailConstructor();
        TaskRecord later = Call(handle);
        Assert.Equal((false, false), (earlier.IsTerminal, later.IsTerminal));

        Construct();

        Attempt first = Host.TryStart()!;
        Assert.Same(earlier, first.Task);
        Assert.True(Host.Complete(first, Outcome.Success(new object(), 1), now: 0));
        Assert.Same(later, Host.TryStart()?.Task);
    }

    [Fact]
    public void CallsOfItsNode_WhoseActorIsNotConstructedAgain_FailWithTheReason()
    {
        TaskRecord handle = (TaskRecord)GiveHandle();
        TaskRecord call = Call(handle);
        FailConstructor();
        FailConstructor();

        Assert.Equal(FailureKind.ActorDied, Assert.IsType<Failure>(call.Value).Kind);
        Assert.Contains("its constructor failed", ((Failure)call.Value!).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ArgumentsOfAConstructorThatFailed_AreLetGo()
    {
        ObjectEntry argument = _cluster.Put(Manager, size: 1_000);
        TaskId id = _cluster.Job.NextChildId();
        ActorRecord actor = new(new ActorId(id), new ActorOptions()) { ClassName = "Counter", Host = new object() };
        TaskRecord creation = new(id, _cluster.Job, null, new TaskOptions { Affinity = Host.Cluster!.Self })
        {
            Kind = TaskKind.ActorCreation,
            Actor = actor,
            Payload = new object(),
            Inputs = [argument],
            DependencyCount = 1,
        };
        Manager.TryCreateActor(actor, creation);
        _cluster.Deliver();
        _cluster.FinishFetch(Host, argument.Id);
        FailConstructor();
        Attempt failing = Assert.IsType<Attempt>(Host.TryStart());
        Host.Complete(failing, Outcome.UserFailure(new Failure(FailureKind.UserError, "no"), isRetriable: false), now: 0);
        Manager.ReleaseHold(argument);
        Manager.ReleaseHold(creation, bySubmitter: true);
        Manager.ReleaseHold(_creation, bySubmitter: true);
        _cluster.Deliver();

        _cluster.AssertEmpty();
    }

    /// <summary>A reference to the actor on the node where it is constructed, held.</summary>
    private ObjectEntry GiveHandle()
    {
        TaskRecord task = new(_cluster.Job.NextChildId(), _cluster.Job, null, new TaskOptions { Affinity = Host.Cluster!.Self })
        {
            Payload = new object(),
            Inputs = [_creation],
        };
        Manager.Submit(task);
        _cluster.Deliver();
        Attempt constructing = Host.TryStart()!;
        Attempt taking = Host.TryStart()!;
        Assert.Equal((TaskKind.ActorCreation, task.TaskId), (constructing.Task.Kind, taking.Task.TaskId));
        _constructing = constructing;
        ObjectEntry handle = taking.Task.Inputs![0];
        Host.Hold(handle);
        Host.Complete(taking, Outcome.Success(new object(), 1), now: 0);
        _cluster.Deliver();
        Manager.ReleaseHold(task, bySubmitter: true);
        _cluster.Deliver();
        return handle;
    }

    private Attempt? _constructing;

    private TaskRecord Call(TaskRecord handle)
    {
        TaskRecord call = new(_cluster.Job.NextChildId(), handle.Job, null, new TaskOptions { Shape = ResourceShape.Zero })
        {
            Kind = TaskKind.ActorCall,
            Actor = handle.Actor,
            Payload = new object(),
        };
        Host.Submit(call);
        _cluster.Deliver();
        return call;
    }

    private void FailConstructor()
    {
        Host.Complete(_constructing ?? Host.TryStart()!, Outcome.SystemFailure(new Failure(FailureKind.WorkerCrashed, "crash")), now: 0);
        _constructing = null;
        _cluster.Deliver();
        Manager.Tick(1_000_000);
        _cluster.Deliver();
    }

    private void Construct()
    {
        Assert.True(Host.Complete(Host.TryStart()!, Outcome.Success(new object(), 1), now: 0));
        _cluster.Deliver();
    }
}
