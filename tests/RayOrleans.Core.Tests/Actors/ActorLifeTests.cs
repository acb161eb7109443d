namespace RayOrleans.Core.Tests.Actors;

public sealed class ActorLifeTests
{
    [Fact]
    public void Handle_LastOneDropped_EndsItAfterItsCalls()
    {
        TestEngine node = new();
        ActorRecord actor = node.NewActor();
        object instance = actor.Instance!;
        TaskRecord call = node.Call(actor);
        node.Release(actor.Creation);
        Assert.Equal(ActorState.Alive, actor.State);
        node.Complete(node.Start(call), 1);
        Assert.Equal((ActorState.Dead, 1), (actor.State, call.Value));
        Assert.Single(node.Effects, e => e.Kind == EffectKind.StopActor && ReferenceEquals(e.Extra, instance));
        node.Release(call);
        node.AssertEmpty();
    }

    [Fact]
    public void Handle_HeldByATask_KeepsItAlive()
    {
        TestEngine node = new();
        ActorRecord actor = node.NewActor();
        TaskRecord task = node.NewTask(inputs: [actor.Creation]);
        task.DependencyCount = 0;
        node.Send(task);
        node.Release(actor.Creation);
        Assert.Equal(ActorState.Alive, actor.State);
        node.Complete(node.Start(task));
        Assert.Equal(ActorState.Dead, actor.State);
    }

    [Fact]
    public void Pending_OutOfScope_IsWithdrawn()
    {
        TestEngine node = new();
        ActorRecord actor = node.NewActor(start: false);
        node.Release(actor.Creation);
        Assert.Equal(ActorState.Dead, actor.State);
        node.AssertEmpty();
    }

    [Fact]
    public void Dead_HandleDroppedLater_IsForgotten()
    {
        TestEngine node = new();
        ActorRecord actor = node.NewActor();
        node.Do(e => e.KillActor(actor, mayRestart: false, "test"));
        Assert.Single(node.Engine.Actors);
        node.Release(actor.Creation);
        node.AssertEmpty();
    }

    [Fact]
    public void Name_IsTakenUntilDeath()
    {
        TestEngine node = new();
        ActorOptions options = new() { Name = "stats", Namespace = "prod" };
        ActorRecord actor = node.NewActor(options);
        Assert.Same(actor, node.Engine.FindActor("prod", "stats"));
        Assert.Null(node.Engine.FindActor("", "stats"));
        ActorRecord second = new(new ActorId(node.Job.NextChildId()), options);
        Assert.False(node.Engine.TryCreateActor(second, new TaskRecord(second.Id.Creation, node.Job, null, TaskOptions.Default) { Kind = TaskKind.ActorCreation, Actor = second }));
        node.Do(e => e.KillActor(actor, mayRestart: false, "test"));
        Assert.Null(node.Engine.FindActor("prod", "stats"));
        node.NewActor(options);
    }

    [Theory]
    [InlineData("its constructor throws")]
    [InlineData("its argument fails")]
    [InlineData("it is cancelled")]
    [InlineData("it can never be placed")]
    public void Construction_Impossible_FailsEveryCall(string why)
    {
        TestEngine node = new();
        TaskRecord input = node.Submit();
        Attempt slow = node.Start(input);
        TaskId id = node.Job.NextChildId();
        ActorRecord actor = new(new ActorId(id), new ActorOptions { Name = "x" });
        TaskRecord creation = new(id, node.Job, null, new TaskOptions { Shape = TestEngine.Cpu(why.Contains("placed") ? 9 : 1), FailIfUnschedulable = true })
        {
            Kind = TaskKind.ActorCreation,
            Actor = actor,
            Payload = actor,
            Inputs = [input],
            DependencyCount = 1,
        };
        node.Do(e => e.TryCreateActor(actor, creation));
        TaskRecord call = node.Call(actor);
        switch (why)
        {
            case "its argument fails":
                node.Fail(slow);
                break;
            case "it is cancelled":
                node.Do(e => e.Cancel(creation));
                break;
            default:
                node.Complete(slow);
                if (node.TryStart() is { } attempt)
                {
                    node.Fail(attempt);
                }

                break;
        }

        Assert.Equal(ActorState.Dead, actor.State);
        Assert.Equal(FailureKind.ActorDied, ((Failure)call.Value!).Kind);
        Assert.Equal(FailureKind.ActorDied, ((Failure)node.Call(actor).Value!).Kind);
        Assert.Null(node.Engine.FindActor("", "x"));
    }

    [Fact]
    public void Restart_RunningCallsRepeatOrFail_QueuedOnesGoOn()
    {
        TestEngine node = new();
        ActorRecord actor = node.NewActor(new ActorOptions { MaxRestarts = 1, MaxConcurrency = 2 });
        TaskRecord repeats = node.Call(actor, retries: 1);
        TaskRecord fails = node.Call(actor);
        TaskRecord queued = node.Call(actor);
        node.Start(repeats);
        node.Start(fails);
        node.Do(e => e.KillActor(actor, mayRestart: true, "test"));
        Assert.Equal(ActorState.Restarting, actor.State);
        Assert.Equal(FailureKind.ActorUnavailable, ((Failure)fails.Value!).Kind);
        Assert.Equal([actor.Creation, repeats, queued], RunWithInstances(node));
        node.Do(e => e.KillActor(actor, mayRestart: true, "test"));
        Assert.Equal((ActorState.Dead, 1), (actor.State, actor.RestartsUsed));
    }

    [Fact]
    public void Restart_RunningCalls_RepeatInTheOrderTheyStarted()
    {
        TestEngine node = new();
        ActorRecord actor = node.NewActor(new ActorOptions { MaxRestarts = 1, MaxConcurrency = 8 });
        TaskRecord[] calls = [.. Enumerable.Range(0, 8).Select(_ => node.Call(actor, retries: 1))];
        foreach (TaskRecord call in calls)
        {
            node.Start(call);
        }

        node.Do(e => e.KillActor(actor, mayRestart: true, "test"));
        Assert.Equal([actor.Creation, .. calls], RunWithInstances(node));
    }

    [Fact]
    public void Killed_DuringConstruction_StopsWhatTheConstructorMadeLater()
    {
        TestEngine node = new();
        ActorRecord actor = node.NewActor(start: false);
        Attempt attempt = node.Start(actor.Creation);
        node.Do(e => e.KillActor(actor, mayRestart: false, "test"));
        CountedValue instance = new();
        Assert.False(node.Complete(attempt, instance));
        Assert.Single(node.Effects, e => e.Kind == EffectKind.StopActor && ReferenceEquals(e.Extra, instance));
        Assert.Equal(0, node.Count(EffectKind.Discard, instance));
    }

    [Fact]
    public void Killed_DuringBackOffOfItsConstruction_IsConstructedOnce()
    {
        TestEngine node = new(backOff: 100);
        TaskRecord input = node.Submit();
        TaskRecord other = node.Submit();
        node.RunAll();
        ActorRecord actor = node.NewActor(new ActorOptions { MaxRestarts = 3 }, inputs: [input, other], start: false);
        node.Crash(node.Start(actor.Creation));
        node.Do(e => e.KillActor(actor, mayRestart: true, "test"));
        Attempt attempt = node.Start(actor.Creation);
        node.Do(e => e.Tick(10_000));
        Assert.Null(node.TryStart());
        node.Complete(attempt, new object());
        Assert.Equal(ActorState.Alive, actor.State);
    }

    [Fact]
    public void Kept_Resources_AreGrantedWhileItLives()
    {
        TestEngine node = new(cpus: 2);
        ActorRecord actor = node.NewActor(new ActorOptions { KeepsResources = true, MaxRestarts = 1 });
        Assert.Equal(ResourceAmount.One, node.Engine.Resources.FreeCpu);
        Attempt call = node.Start(node.Call(actor));
        node.Engine.Block(call);
        Assert.Equal(2 * ResourceAmount.One, node.Engine.Resources.FreeCpu);
        node.Engine.Unblock(call);
        node.Do(e => e.KillActor(actor, mayRestart: false, "test"));
        Assert.Equal(2 * ResourceAmount.One, node.Engine.Resources.FreeCpu);
    }

    [Fact]
    public void Instance_IsStoppedOnlyAfterItsRunningCalls()
    {
        TestEngine node = new();
        ActorRecord actor = node.NewActor(new ActorOptions { MaxConcurrency = 2 });
        Attempt first = node.Start(node.Call(actor));
        Attempt second = node.Start(node.Call(actor));
        node.Do(e => e.EndJob(node.Job, "the driver ended"));
        node.Complete(first);
        Assert.DoesNotContain(node.Effects, e => e.Kind == EffectKind.StopActor);
        node.Complete(second);
        Assert.Single(node.Effects, e => e.Kind == EffectKind.StopActor);
    }

    [Fact]
    public void Job_Ended_EndsItsCallsOfForeignDetachedActors()
    {
        TestEngine node = new();
        ActorRecord actor = node.NewActor(new ActorOptions { IsDetached = true });
        TaskRecord call = node.Call(actor);
        node.Do(e => e.EndJob(node.Job, "the driver ended"));
        Assert.Equal((ActorState.Alive, TaskState.Cancelled), (actor.State, call.State));
        Assert.Equal(0, actor.PendingCalls);
    }

    private static List<TaskRecord> RunWithInstances(TestEngine node)
    {
        List<TaskRecord> order = [];
        while (node.TryStart() is { } attempt)
        {
            order.Add(attempt.Task);
            node.Complete(attempt, new object());
        }

        return order;
    }
}
