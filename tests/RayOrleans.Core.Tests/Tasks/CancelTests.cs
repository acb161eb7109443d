namespace RayOrleans.Core.Tests.Tasks;

public sealed class CancelTests
{
    [Fact]
    public void Cancel_HeadOfAChain_FailsAllDependents()
    {
        TestEngine node = new();
        TaskRecord head = node.Submit();
        TaskRecord middle = node.Submit(head);
        TaskRecord tail = node.Submit(middle);
        node.Do(e => e.Cancel(head));

        Assert.All([head, middle, tail], t => Assert.Equal((TaskState.Cancelled, FailureKind.Cancelled), (t.State, ((Failure)t.Value!).Kind)));
        Assert.Null(node.TryStart());
    }

    [Fact]
    public void Cancel_LaterLink_LeavesEarlierOnes()
    {
        TestEngine node = new();
        TaskRecord head = node.Submit();
        TaskRecord tail = node.Submit(head);
        node.Do(e => e.Cancel(tail));
        node.Complete(node.Start(head), 1);
        Assert.Equal((TaskState.Succeeded, TaskState.Cancelled), (head.State, tail.State));
    }

    [Fact]
    public void Cancel_Running_RefusesItsResultAndKeepsItsCpuUntilItEnds()
    {
        TestEngine node = new();
        TaskRecord task = node.Submit();
        Attempt attempt = node.Start(task);
        node.Do(e => e.Cancel(task));
        Assert.True(attempt.IsAbandoned);
        Assert.Equal(1, node.Count(EffectKind.CancelAttempt, attempt));
        Assert.Equal(0, node.Engine.Resources.FreeCpu);

        Assert.False(node.Complete(attempt, 1));

        Assert.Equal(TaskState.Cancelled, task.State);
        node.Release(task);
        node.AssertEmpty();
    }

    [Fact]
    public void Cancel_Running_KeepsItsInputsUntilItEnds()
    {
        TestEngine node = new();
        CountedValue value = new();
        ObjectEntry input = node.Put(value);
        TaskRecord task = node.Submit(input);
        Attempt attempt = node.Start(task);
        node.Release(input);
        node.Do(e => e.Cancel(task));
        Assert.Equal(ObjectStatus.Available, input.Status);

        node.Complete(attempt);

        Assert.Equal(ObjectStatus.Deleted, input.Status);
        Assert.Equal(1, node.Count(EffectKind.Discard, value));
    }

    [Fact]
    public void Cancel_Finished_IsNothing()
    {
        TestEngine node = new();
        TaskRecord task = node.Submit();
        node.Complete(node.Start(task), 1);
        node.Do(e => e.Cancel(task));
        Assert.Equal((TaskState.Succeeded, 1), (task.State, task.Value));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Cancel_Recursive_TakesTheWholeTreeOrNone(bool recursive)
    {
        TestEngine node = new(cpus: 8);
        TaskRecord root = node.Submit();
        Attempt attempt = node.Start(root);
        TaskRecord child = node.Send(node.NewTask(attempt));
        Attempt childAttempt = node.Start(child);
        TaskRecord grandchild = node.Send(node.NewTask(childAttempt));
        TaskRecord stream = node.Send(node.NewTask(childAttempt, stream: true));
        CountingWatcher reader = new();
        Assert.True(node.Engine.WatchStream(stream, reader));

        node.Do(e => e.Cancel(root, recursive));

        TaskState expected = recursive ? TaskState.Cancelled : TaskState.Running;
        Assert.Equal(expected, child.State);
        Assert.Equal(recursive ? TaskState.Cancelled : TaskState.Ready, grandchild.State);
        Assert.Equal(recursive ? 1 : 0, reader.Fired);
    }

    [Fact]
    public void Cancel_Recursive_LeavesActorsToTheirHandles()
    {
        TestEngine node = new();
        TaskRecord root = node.Submit();
        Attempt attempt = node.Start(root);
        TaskId id = attempt.NextChildId();
        ActorRecord actor = new(new ActorId(id), new ActorOptions());
        TaskRecord creation = new(id, node.Job, attempt, TaskOptions.Default) { Kind = TaskKind.ActorCreation, Actor = actor, Payload = actor };
        node.Do(e => e.TryCreateActor(actor, creation));
        TaskRecord call = node.Call(actor, attempt);
        TaskRecord foreign = node.Call(actor);
        node.Do(e => e.Cancel(root));

        Assert.Equal((ActorState.Pending, TaskState.Cancelled), (actor.State, call.State));
        node.Release(creation);
        Assert.Equal(ActorState.Pending, actor.State);
        node.Complete(attempt);
        node.Complete(node.Start(creation), new object());
        node.Complete(node.Start(foreign));
        Assert.Equal(ActorState.Dead, actor.State);
    }

    [Fact]
    public void Submit_ByACancelledAttempt_IsRefused()
    {
        TestEngine node = new();
        TaskRecord root = node.Submit();
        Attempt attempt = node.Start(root);
        node.Do(e => e.Cancel(root));
        Assert.Equal(TaskState.Cancelled, node.Send(node.NewTask(attempt)).State);
    }

    [Fact]
    public void Cancel_Each_OfManyDependentsOfOneObject_InOrder()
    {
        TestEngine node = new();
        TaskRecord slow = node.Submit();
        Attempt attempt = node.Start(slow);
        List<TaskRecord> dependents = [.. Enumerable.Range(0, 100_000).Select(_ => node.Submit(slow))];
        foreach (TaskRecord dependent in dependents)
        {
            node.Do(e => e.Cancel(dependent));
        }

        node.Complete(attempt);
        Assert.All(dependents, d => Assert.Equal(TaskState.Cancelled, d.State));
        Assert.Equal(0, node.Engine.ReadyTasks);
    }
}
