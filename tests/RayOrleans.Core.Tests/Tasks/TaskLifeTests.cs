namespace RayOrleans.Core.Tests.Tasks;

public sealed class TaskLifeTests
{
    [Fact]
    public void Task_Succeeds_PublishesItsValueAndFreesItsCpu()
    {
        TestEngine node = new();
        TaskRecord task = node.Submit();
        Assert.Equal(TaskState.Ready, task.State);
        Attempt attempt = node.Start(task);
        Assert.Equal(0, node.Engine.Resources.FreeCpu);

        Assert.True(node.Complete(attempt, 42));

        Assert.Equal((TaskState.Succeeded, ObjectStatus.Available, 42), (task.State, task.Status, task.Value));
        node.Release(task);
        node.AssertEmpty();
    }

    [Fact]
    public void Task_WaitsForItsInputs_ThenStarts()
    {
        TestEngine node = new();
        TaskRecord first = node.Submit();
        TaskRecord second = node.Submit(first, node.Put(), first);
        Assert.Equal(TaskState.Waiting, second.State);

        node.Complete(node.Start(first));

        Assert.Equal(TaskState.Ready, second.State);
        node.Start(second);
    }

    [Fact]
    public void Task_InputFails_FailsWithTheSameFailureDownTheChain()
    {
        TestEngine node = new();
        TaskRecord first = node.Submit();
        TaskRecord second = node.Submit(node.Submit(first), node.Submit());

        node.Fail(node.Start(first));

        Assert.Equal(TaskState.Failed, second.State);
        Assert.Equal(first.TaskId, ((Failure)second.Value!).Source);
        Assert.Same(first.Value, second.Value);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void Retries_UsedUp_EndTheTask(int retries)
    {
        TestEngine node = new();
        TaskRecord task = node.Send(node.NewTask(retries: retries));
        for (int i = 0; i < retries; i++)
        {
            Attempt attempt = node.Start(task);
            Assert.Equal(i, attempt.Number);
            Assert.True(i % 2 == 0 ? node.Crash(attempt) : node.Fail(attempt, retriable: true));
        }

        node.Crash(node.Start(task));

        Assert.Equal(TaskState.Failed, task.State);
        string message = ((Failure)task.Value!).Message;
        Assert.StartsWith("it crashed", message, StringComparison.Ordinal);
        Assert.Contains(retries == 0 ? "maxRetries 0" : $"ran {retries + 1} times: its retries are exhausted (maxRetries {retries})", message, StringComparison.Ordinal);
        Assert.Null(node.TryStart());
    }

    [Fact]
    public void Retries_Unbounded_GoOn()
    {
        TestEngine node = new();
        TaskRecord task = node.Send(node.NewTask(retries: -1));
        for (int i = 0; i < 1_000; i++)
        {
            node.Crash(node.Start(task));
        }

        node.Complete(node.Start(task));
        Assert.Equal((TaskState.Succeeded, 1_000), (task.State, task.AttemptNumber));
    }

    [Fact]
    public void UserError_NotRetriable_EndsTheTaskAtOnce()
    {
        TestEngine node = new();
        TaskRecord task = node.Submit();
        node.Fail(node.Start(task));
        Assert.Equal((TaskState.Failed, "it threw"), (task.State, ((Failure)task.Value!).Message));
    }

    [Fact]
    public void BackOff_Doubles_AndTickServesItOnce()
    {
        TestEngine node = new(backOff: 100);
        TaskRecord task = node.Submit();
        node.Crash(node.Start(task), now: 1_000);
        long due = node.Engine.NextTick!.Value;
        Assert.InRange(due, 1_050, 1_100);
        node.Do(e => e.Tick(due - 1));
        Assert.Null(node.TryStart());
        node.Do(e => e.Tick(due));
        node.Crash(node.Start(task), now: 2_000);
        Assert.InRange(node.Engine.NextTick!.Value, 2_100, 2_200);
        node.Do(e => e.Tick(5_000));
        node.Complete(node.Start(task));
        Assert.Null(node.Engine.NextTick);
    }

    [Fact]
    public void BackOff_GrowsUpTo64Times_AndComesBackApart()
    {
        List<long> Rests(ulong seed)
        {
            BackOffs backOffs = new(new EngineOptions { Resources = ResourceShape.OneCpu, FirstBackOff = 100, BackOffSeed = seed });
            return [.. Enumerable.Range(1, 200).Select(retry => backOffs.Next(retry, now: 0)!.Value)];
        }

        List<long> rests = Rests(seed: 1);
        for (int retry = 1; retry <= rests.Count; retry++)
        {
            long whole = 100L << Math.Min(retry - 1, 6);
            Assert.InRange(rests[retry - 1], whole / 2, whole);
        }

        Assert.True(rests.Skip(6).Distinct().Count() > 100, "The rests are drawn.");
        Assert.Equal(rests, Rests(seed: 1));
        Assert.NotEqual(rests, Rests(seed: 2));
    }

    [Fact]
    public void BackOff_UserError_IsNotWaitedFor()
    {
        TestEngine node = new(backOff: 100);
        TaskRecord task = node.Submit();
        node.Fail(node.Start(task), retriable: true);
        node.Start(task);
    }

    [Fact]
    public void Cancelled_DuringBackOff_NeverStarts()
    {
        TestEngine node = new(backOff: 100);
        TaskRecord task = node.Submit();
        node.Crash(node.Start(task));
        node.Do(e => e.Cancel(task));
        node.Do(e => e.Tick(10_000));
        Assert.Null(node.TryStart());
        Assert.Equal(TaskState.Cancelled, task.State);
    }

    [Fact]
    public void End_ReportedAgain_ChangesNothing()
    {
        TestEngine node = new(cpus: 2);
        TaskRecord task = node.Submit();
        Attempt attempt = node.Start(task);
        node.Complete(attempt, "first");
        CountedValue late = new();

        Assert.False(node.Complete(attempt, late));
        Assert.False(node.Crash(attempt));

        Assert.Equal("first", task.Value);
        Assert.Equal(1, node.Count(EffectKind.Discard, late));
        Assert.Equal(2 * ResourceAmount.One, node.Engine.Resources.FreeCpu);
    }

    [Fact]
    public void End_OfASupersededAttempt_IsRefusedAndItsValueDiscarded()
    {
        TestEngine node = new(cpus: 2);
        ActorRecord actor = node.NewActor(new ActorOptions { MaxRestarts = 1 });
        TaskRecord call = node.Call(actor, retries: 1);
        Attempt old = node.Start(call);
        node.Do(e => e.KillActor(actor, mayRestart: true, "test"));
        node.Complete(node.Start(actor.Creation), new object());
        Attempt current = node.Start(call);
        CountedValue late = new();

        Assert.False(node.Complete(old, late));
        Assert.True(node.Complete(current, "new"));

        Assert.Equal(("new", 1), (call.Value, call.Version));
        Assert.Equal(1, node.Count(EffectKind.Discard, late));
    }

    [Fact]
    public void Unschedulable_Asked_FailsAtOnceElseWaits()
    {
        TestEngine node = new();
        ResourceShape big = TestEngine.Cpu(2);
        TaskRecord fails = node.Send(node.NewTask(shape: big, failIfUnschedulable: true));
        TaskRecord waits = node.Send(node.NewTask(shape: big));

        Assert.Equal(FailureKind.Unschedulable, ((Failure)fails.Value!).Kind);
        Assert.Equal(TaskState.Ready, waits.State);
        Assert.Equal((1, 1), (node.Count(EffectKind.Unschedulable, fails), node.Count(EffectKind.Unschedulable, waits)));
        Assert.Equal((0, 0), (node.Engine.Startable(4), node.Engine.Startable(4, wantedOnly: true)));
        Assert.Null(node.TryStart());
    }

    [Fact]
    public void Job_Ended_TakesItsTasksWithIt()
    {
        TestEngine node = new();
        JobRecord other = TestEngine.NewJob(2);
        TaskRecord running = node.Submit();
        Attempt attempt = node.Start(running);
        TaskRecord waiting = node.Submit(running);
        TaskRecord foreign = node.Send(node.NewTask(job: other));
        node.Do(e => e.EndJob(node.Job, "the driver ended"));

        Assert.Equal((TaskState.Cancelled, TaskState.Cancelled), (running.State, waiting.State));
        Assert.Equal(FailureKind.Shutdown, ((Failure)running.Value!).Kind);
        Assert.Equal(1, node.Count(EffectKind.CancelAttempt, attempt));
        Assert.False(node.Complete(attempt));
        Assert.Equal(TaskState.Cancelled, node.Submit().State);
        node.Complete(node.Start(foreign));
    }
}
