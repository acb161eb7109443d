namespace RayOrleans.Core.Tests.Dispatch;

public sealed class FairnessTests
{
    [Fact]
    public void Jobs_TakeTurns_WhateverTheyQueued()
    {
        TestEngine node = new();
        JobRecord other = TestEngine.NewJob(2);
        for (int i = 0; i < 100; i++)
        {
            node.Submit();
        }

        TaskRecord[] late = [.. Enumerable.Range(0, 10).Select(_ => node.Send(node.NewTask(job: other)))];
        List<TaskRecord> order = node.RunAll();
        Assert.All(late.Index(), t => Assert.InRange(order.IndexOf(t.Item), 0, (2 * t.Index) + 1));
    }

    [Fact]
    public void Shape_ThatDoesNotFit_DoesNotHoldUpOthers()
    {
        TestEngine node = new(cpus: 2);
        TaskRecord runs = node.Submit();
        node.Start(runs);
        TaskRecord big = node.Send(node.NewTask(shape: TestEngine.Cpu(2)));
        TaskRecord small = node.Submit();
        node.Start(small);
        Assert.Equal(TaskState.Ready, big.State);
    }

    [Fact]
    public void Shape_PassedOverTooOften_GetsItsTurn()
    {
        TestEngine node = new(cpus: 2);
        for (int i = 0; i < 2_000; i++)
        {
            node.Submit();
        }

        Attempt? first = node.TryStart();
        Attempt? second = node.TryStart();
        TaskRecord big = node.Send(node.NewTask(shape: TestEngine.Cpu(2)));
        int started = 0;
        while (big.State == TaskState.Ready && started < 1_500)
        {
            // One CPU is always busy: by chance alone two are never free.
            node.Complete(first!);
            first = second;
            second = node.TryStart();
            started++;
            if (first is null)
            {
                first = second;
                second = null;
                break;
            }

            if (second is null)
            {
                node.Complete(first);
                first = node.TryStart();
            }
        }

        Assert.Equal(TaskState.Running, big.State);
        Assert.InRange(started, 1, 600);
    }

    [Fact]
    public void Shape_WaitingForAGpuThatAnActorKeeps_LetsCpuTasksGoOn()
    {
        TestEngine node = new(cpus: 2, gpus: 1);
        ResourceShape gpu = new(0, ResourceAmount.One);
        node.NewActor(new ActorOptions { KeepsResources = true, IsDetached = true }, shape: gpu);
        TaskRecord starving = node.Send(node.NewTask(shape: new ResourceShape(ResourceAmount.One, ResourceAmount.One)));
        for (int i = 0; i < 2_000; i++)
        {
            node.Submit();
        }

        Attempt first = node.TryStart()!;
        for (int i = 0; i < 1_999; i++)
        {
            Attempt? second = node.TryStart();
            Assert.NotNull(second);
            node.Complete(first);
            first = second;
        }

        Assert.Equal(TaskState.Ready, starving.State);
    }

    [Fact]
    public void Wanted_ComesFirst_DeepestFirst()
    {
        TestEngine node = new();
        TaskRecord parent = node.Submit();
        Attempt attempt = node.Start(parent);
        TaskRecord shallow = node.Submit();
        TaskRecord deep = node.Send(node.NewTask(attempt));
        TaskRecord other = node.Submit();
        node.Engine.Block(attempt);
        node.Engine.Want(shallow);
        node.Engine.Want(deep);
        Assert.Equal([deep, shallow, other], node.RunAll());
    }

    [Fact]
    public void AtTheBound_OnlyWantedTasksStart()
    {
        TestEngine node = new(cpus: 4);
        TaskRecord plain = node.Submit();
        TaskRecord first = node.Submit();
        TaskRecord wanted = node.Submit(first);
        node.Engine.Want(wanted);
        Assert.Equal(1, node.Engine.Startable(8, wantedOnly: true));
        Attempt attempt = node.TryStart(wantedOnly: true)!;
        Assert.Same(first, attempt.Task);
        Assert.Null(node.TryStart(wantedOnly: true));
        node.Complete(attempt);
        Assert.Same(wanted, node.TryStart(wantedOnly: true)?.Task);
        Assert.Equal(TaskState.Ready, plain.State);
    }

    [Fact]
    public void AtTheBound_WantedCall_BringsItsActorAndTheCallsBeforeIt()
    {
        TestEngine node = new(cpus: 4);
        TaskRecord input = node.Submit();
        ActorRecord actor = node.NewActor(start: false);
        TaskRecord earlier = node.Call(actor, inputs: [input]);
        TaskRecord wanted = node.Call(actor);
        node.Engine.Want(wanted);
        List<TaskRecord> order = [];
        while (node.TryStart(wantedOnly: true) is { } attempt)
        {
            order.Add(attempt.Task);
            node.Complete(attempt, new object());
        }

        Assert.Equal(4, order.Count);
        Assert.Equal([earlier, wanted], order[2..]);
    }

    [Fact]
    public void ManyShapes_AreForgottenOnceUnused()
    {
        TestEngine node = new(cpus: 4);
        for (int i = 1; i <= 20_000; i++)
        {
            TaskRecord task = node.Send(node.NewTask(shape: new ResourceShape(i)));
            node.Complete(node.Start(task));
            node.Release(task);
        }

        node.AssertEmpty();
    }

    [Fact]
    public void EndOfAJob_LeavesItsDetachedActorsQueued()
    {
        TestEngine node = new();
        TaskRecord runs = node.Send(node.NewTask(job: TestEngine.NewJob(2)));
        Attempt attempt = node.Start(runs);
        ActorRecord actor = node.NewActor(new ActorOptions { IsDetached = true }, start: false);
        node.Do(e => e.EndJob(node.Job, "the driver ended"));
        node.Complete(attempt);
        node.Complete(node.Start(actor.Creation), new object());
        Assert.Equal((ActorState.Alive, 0), (actor.State, node.Engine.ReadyTasks));
    }
}
