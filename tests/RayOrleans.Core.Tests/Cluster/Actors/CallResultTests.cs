namespace RayOrleans.Core.Tests.Cluster.Actors;

/// <summary>Results of actors that were lost with their node: the call runs again where that is allowed, else whoever reads them is told why not.</summary>
public sealed class CallResultTests
{
    private readonly TestCluster _cluster = new(4);

    private NodeEngine Manager => _cluster.Nodes[0];

    private NodeEngine Host => _cluster.Nodes[1];

    private NodeEngine Next => _cluster.Nodes[2];

    private NodeEngine Caller => _cluster.Nodes[3];

    [Fact]
    public void Result_LostWithItsNode_IsMadeAgainByTheNextIncarnation()
    {
        TaskRecord creation = Create(maxRestarts: 1);
        TaskRecord call = Call(Manager, creation, maxTaskRetries: 1);
        RunAt(Host);
        Assert.Equal(ObjectStatus.Remote, call.Status);

        Restart();

        Assert.Equal((TaskState.Forwarded, 1, 1), (call.State, call.AttemptNumber, call.RetriesUsed));
        RunAt(Next);
        Assert.Equal((ObjectStatus.Remote, 1), (call.Status, call.Version));
        LetGo(Manager, call);
        LetGo(Manager, creation);
        AssertEmpty();
    }

    [Fact]
    public void Result_MadeAgain_ComesAfterLaterCallsThatWait()
    {
        TaskRecord creation = Create(maxRestarts: 1);
        TaskRecord first = Call(Manager, creation, maxTaskRetries: -1);
        RunAt(Host);
        TaskRecord second = Call(Manager, creation, maxTaskRetries: -1);

        Restart();

        Assert.Equal(second.TaskId, RunAt(Next));
        Assert.Equal(first.TaskId, RunAt(Next));
        Assert.Equal((ObjectStatus.Remote, ObjectStatus.Remote), (first.Status, second.Status));
    }

    [Fact]
    public void Result_WhoseArgumentIsGoneToo_HasThatMadeFirst()
    {
        TaskRecord creation = Create(maxRestarts: 1);
        TaskRecord argument = _cluster.Submit(Host);
        Finish(Host, Host.TryStart()!);
        TaskRecord call = Call(Manager, creation, maxTaskRetries: -1, argument);
        LetGo(Manager, argument);
        RunAt(Host);
        argument.Options = argument.Options with { Affinity = Next.Cluster!.Self };

        _cluster.Kill(Host);
        _cluster.Place(Next);

        Assert.Equal(argument.TaskId, RunAt(Next));
        Construct(Next);
        Assert.Equal(call.TaskId, RunAt(Next));
        Assert.Equal(ObjectStatus.Remote, call.Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Result_OfACallFromAnotherNode_IsMadeAgain(bool handleIsLeft)
    {
        TaskRecord creation = Create(maxRestarts: -1);
        TaskRecord handle = GiveHandle(creation);
        TaskRecord call = Call(Caller, handle, maxTaskRetries: -1);
        RunAt(Host);
        if (!handleIsLeft)
        {
            LetGo(Caller, handle);
            Assert.Null(Caller.FindActor(creation.Actor!.Id));
        }

        Restart();

        Assert.Equal((TaskState.Forwarded, 1), (call.State, call.AttemptNumber));
        Assert.Equal(call.TaskId, RunAt(Next));
        Assert.Equal(ObjectStatus.Remote, call.Status);
        if (handleIsLeft)
        {
            LetGo(Caller, handle);
        }

        LetGo(Caller, call);
        LetGo(Manager, creation);
        AssertEmpty();
    }

    [Fact]
    public void Result_OfACallFromAnotherNode_WhoseActorHasEnded_SaysThatItIsGone()
    {
        TaskRecord creation = Create(maxRestarts: -1);
        TaskRecord handle = GiveHandle(creation);
        TaskRecord call = Call(Caller, handle, maxTaskRetries: -1);
        RunAt(Host);
        LetGo(Caller, handle);
        LetGo(Manager, creation);

        _cluster.Kill(Host);

        AssertLost(call, "because its actor is gone");
        LetGo(Caller, call);
        AssertEmpty();
    }

    [Theory]
    [InlineData(1, 0, "maxTaskRetries 0")]
    [InlineData(0, -1, "maxRestarts 0")]
    public void Result_OfWhatMayNotBeRepeated_SaysWhichOption(int maxRestarts, int maxTaskRetries, string option)
    {
        TaskRecord creation = Create(maxRestarts);
        TaskRecord call = Call(Manager, creation, maxTaskRetries);
        RunAt(Host);

        _cluster.Kill(Host);

        AssertLost(call, option);
    }

    [Fact]
    public void Result_OfAnActorThatIsDead_SaysWhyThatIs()
    {
        TaskRecord creation = Create(maxRestarts: 1);
        TaskRecord call = Call(Manager, creation, maxTaskRetries: -1);
        RunAt(Host);
        Manager.KillActor(creation.Actor!, mayRestart: false, "it was killed by Ray.Kill");
        _cluster.Deliver();

        _cluster.Kill(Host);

        AssertLost(call, "its actor is gone: Actor");
        AssertLost(call, "it was killed by Ray.Kill");
    }

    [Fact]
    public void Result_LostMoreOftenThanRetriesAllow_SaysSo()
    {
        TaskRecord creation = Create(maxRestarts: -1);
        TaskRecord call = Call(Manager, creation, maxTaskRetries: 1);
        RunAt(Host);
        Restart();
        RunAt(Next);

        _cluster.Kill(Next);

        AssertLost(call, "maxTaskRetries 1");
    }

    [Fact]
    public void Call_WhoseResultNobodyWantsAnyMore_KeepsNothing()
    {
        TaskRecord creation = Create(maxRestarts: 1);
        ObjectEntry argument = _cluster.Put(Manager, size: 10);
        TaskRecord call = Call(Manager, creation, maxTaskRetries: -1, argument);
        LetGo(Manager, argument);
        RunAt(Host);
        Assert.NotEqual(0, _cluster.Job.Lineage.Bytes);

        LetGo(Manager, call);

        Assert.Equal(0, _cluster.Job.Lineage.Bytes);
        LetGo(Manager, creation);
        AssertEmpty();
    }

    /// <summary>An actor that the first node manages, and that lives on the second.</summary>
    private TaskRecord Create(int maxRestarts)
    {
        TaskId id = _cluster.Job.NextChildId();
        ActorRecord actor = new(new ActorId(id), new ActorOptions { MaxRestarts = maxRestarts }) { ClassName = "Counter", Host = new object() };
        TaskRecord creation = new(id, _cluster.Job, null, new TaskOptions { Spread = true })
        {
            Kind = TaskKind.ActorCreation,
            Actor = actor,
            Payload = new object(),
        };
        Assert.True(Manager.TryCreateActor(actor, creation));
        _cluster.Deliver();
        _cluster.Place(Host);
        Construct(Host);
        Assert.Equal(ActorState.Alive, actor.State);
        return creation;
    }

    /// <summary>The actor's node dies, and it is constructed on another one.</summary>
    private void Restart()
    {
        _cluster.Kill(Host);
        _cluster.Place(Next);
        Construct(Next);
    }

    private void Construct(NodeEngine on)
    {
        Attempt attempt = Assert.IsType<Attempt>(on.TryStart());
        Assert.Equal(TaskKind.ActorCreation, attempt.Task.Kind);
        Assert.True(on.Complete(attempt, Outcome.Success(new object(), 1), now: 0));
        _cluster.Deliver();
    }

    private TaskRecord Call(NodeEngine from, TaskRecord handle, int maxTaskRetries, params ObjectEntry[] arguments)
    {
        TaskRecord call = new(_cluster.Job.NextChildId(), handle.Job, null, new TaskOptions { Shape = ResourceShape.Zero, MaxRetries = maxTaskRetries })
        {
            Kind = TaskKind.ActorCall,
            Actor = handle.Actor,
            Payload = new object(),
            Name = "Counter.Next",
            Inputs = arguments.Length == 0 ? null : arguments,
            DependencyCount = arguments.Length,
        };
        from.Submit(call);
        _cluster.Deliver();
        return call;
    }

    /// <summary>A reference to the actor on the caller's node, held.</summary>
    private TaskRecord GiveHandle(TaskRecord creation)
    {
        TaskRecord task = new(_cluster.Job.NextChildId(), _cluster.Job, null, new TaskOptions { Affinity = Caller.Cluster!.Self })
        {
            Payload = new object(),
            Inputs = [creation],
        };
        Manager.Submit(task);
        _cluster.Deliver();
        Attempt taking = Caller.TryStart()!;
        ObjectEntry handle = taking.Task.Inputs![0];
        Caller.Hold(handle);
        Caller.Complete(taking, Outcome.Success(new object(), 1), now: 0);
        _cluster.Deliver();
        LetGo(Manager, task);
        return (TaskRecord)handle;
    }

    /// <summary>What can start there ends, with a result that lies in the node's store.</summary>
    private TaskId RunAt(NodeEngine node)
    {
        Attempt attempt = Assert.IsType<Attempt>(node.TryStart());
        Finish(node, attempt);
        return attempt.Task.TaskId;
    }

    private void Finish(NodeEngine node, Attempt attempt)
    {
        Assert.True(node.Complete(attempt, Outcome.Success(new object(), 1_000), now: 0));
        _cluster.Deliver();
    }

    private void LetGo(NodeEngine node, ObjectEntry entry)
    {
        node.ReleaseHold(entry, bySubmitter: (entry as TaskRecord)?.SubmitterHolds == true);
        _cluster.Deliver();
    }

    private static void AssertLost(TaskRecord call, string why)
    {
        Failure failure = Assert.IsType<Failure>(call.Value);
        Assert.Equal(FailureKind.ReconstructionFailed, failure.Kind);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    private void AssertEmpty()
    {
        Assert.All(_cluster.Nodes.Where(n => n != Host), n => Assert.Equal((0, 0, 0), (n.LiveObjects, n.Cluster!.SharedObjects, n.Cluster.Transits)));
        Assert.Equal((0, 0), (_cluster.Shard.TaskCount, _cluster.Shard.HolderCount));
        Assert.Empty(Manager.Actors);
        Assert.Empty(Caller.Actors);
    }
}
