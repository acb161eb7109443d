namespace RayOrleans.Core.Tests.Actors;

public sealed class ActorOrderTests
{
    [Fact]
    public void Calls_OfOneCaller_RunOneAtATimeInOrder()
    {
        TestEngine node = new();
        ActorRecord actor = node.NewActor();
        TaskRecord[] calls = [.. Enumerable.Range(0, 20).Select(_ => node.Call(actor))];
        Attempt first = node.Start(calls[0]);
        Assert.Null(node.TryStart());
        node.Complete(first);
        Assert.Equal(calls[1..], node.RunAll());
    }

    [Fact]
    public void Call_WithMissingInput_HoldsBackItsCallerOnly()
    {
        TestEngine node = new(cpus: 4);
        ActorRecord actor = node.NewActor();
        Attempt other = node.Start(node.Submit());
        TaskRecord input = node.Submit();
        Attempt slow = node.Start(input);
        TaskRecord first = node.Call(actor, inputs: [input]);
        TaskRecord second = node.Call(actor);
        TaskRecord third = node.Call(actor, inputs: [node.Put()]);
        TaskRecord foreign = node.Call(actor, other);
        Assert.Equal([foreign], node.RunAll());
        node.Complete(slow);
        Assert.Equal([first, second, third], node.RunAll());
    }

    [Fact]
    public void HeldBack_HeadIsCancelled_OthersGoOn()
    {
        TestEngine node = new(cpus: 4);
        ActorRecord actor = node.NewActor();
        TaskRecord input = node.Submit();
        node.Start(input);
        TaskRecord first = node.Call(actor, inputs: [input]);
        TaskRecord second = node.Call(actor);
        node.Do(e => e.Cancel(first));
        Assert.Equal([second], node.RunAll());
    }

    [Fact]
    public void HeldBack_HeadsInputFails_OthersGoOn()
    {
        TestEngine node = new(cpus: 4);
        ActorRecord actor = node.NewActor();
        TaskRecord input = node.Submit();
        Attempt slow = node.Start(input);
        TaskRecord first = node.Call(actor, inputs: [input]);
        TaskRecord second = node.Call(actor);
        node.Fail(slow);
        Assert.Equal(TaskState.Failed, first.State);
        Assert.Equal([second], node.RunAll());
    }

    [Fact]
    public void OutOfOrder_CallWithMissingInput_IsOvertaken()
    {
        TestEngine node = new(cpus: 4);
        ActorRecord actor = node.NewActor(new ActorOptions { MaxConcurrency = 2, AllowOutOfOrder = true });
        TaskRecord input = node.Submit();
        Attempt slow = node.Start(input);
        TaskRecord first = node.Call(actor, inputs: [input]);
        TaskRecord second = node.Call(actor);
        Assert.Equal([second], node.RunAll());
        node.Complete(slow);
        Assert.Equal([first], node.RunAll());
    }

    [Fact]
    public void Lanes_HaveLimitsOfTheirOwn()
    {
        TestEngine node = new();
        ActorRecord actor = node.NewActor(new ActorOptions { MaxConcurrency = 2, LaneLimits = [3] });
        for (int i = 0; i < 5; i++)
        {
            node.Call(actor, lane: 0);
            node.Call(actor, lane: 1);
        }

        List<Attempt> running = [];
        while (node.TryStart() is { } attempt)
        {
            running.Add(attempt);
        }

        Assert.Equal((2, 3), (running.Count(a => a.Task.Lane == 0), running.Count(a => a.Task.Lane == 1)));
        node.Complete(running.First(a => a.Task.Lane == 1));
        Assert.Equal(1, node.TryStart()!.Task.Lane);
        Assert.Null(node.TryStart());
    }

    [Fact]
    public void Call_CancelledWhileRunning_KeepsItsPlaceUntilItsBodyEnds()
    {
        TestEngine node = new();
        ActorRecord actor = node.NewActor();
        TaskRecord first = node.Call(actor);
        TaskRecord second = node.Call(actor);
        Attempt body = node.Start(first);
        node.Do(e => e.Cancel(first));
        Assert.Null(node.TryStart());
        Assert.False(node.Complete(body));
        node.Start(second);
    }

    [Fact]
    public void Call_ItsInputWasLostBeforeItsTurn_StepsBackWithThoseBehindIt()
    {
        TestEngine node = new(cpus: 4, lineage: true);
        ActorRecord actor = node.NewActor();
        TaskRecord input = node.Submit();
        node.Complete(node.Start(input));
        TaskRecord busy = node.Call(actor);
        Attempt running = node.Start(busy);
        TaskRecord first = node.Call(actor, inputs: [input]);
        TaskRecord second = node.Call(actor);
        node.Do(e => e.Lose(input));
        node.Complete(running);
        Assert.Equal([input, first, second], node.RunAll());
    }

    [Fact]
    public void TenThousandQueued_AllFailWhenTheActorEnds()
    {
        TestEngine node = new(cpus: 4);
        ActorRecord actor = node.NewActor();
        TaskRecord input = node.Submit();
        node.Start(input);
        Attempt running = node.Start(node.Call(actor));
        TaskRecord[] calls = [.. Enumerable.Range(0, 10_000).Select(i => i < 5_000 ? node.Call(actor) : node.Call(actor, inputs: [input]))];
        bool accepted = node.Engine.Complete(running, Outcome.ActorExit(new Failure(FailureKind.ActorDied, "it left"), "exit_actor"), 0);
        node.Take();
        Assert.True(accepted);
        Assert.All(calls, c => Assert.Equal(FailureKind.ActorDied, ((Failure)c.Value!).Kind));
        Assert.Equal(0, actor.PendingCalls);
    }
}
