namespace RayOrleans.Core.Tests.Tasks;

public sealed class ChildrenTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(0)]
    public void LostAttempt_UnheldChildren_AreCancelled(int retries)
    {
        TestEngine node = new(cpus: 4);
        TaskRecord parent = node.Send(node.NewTask(retries: retries));
        Attempt attempt = node.Start(parent);
        TaskRecord first = node.Send(node.NewTask(attempt));
        TaskRecord second = node.Send(node.NewTask(attempt, inputs: [first]));
        Attempt running = node.Start(first);
        TaskRecord grandchild = node.Send(node.NewTask(running));

        node.Crash(attempt);

        Assert.All([first, second, grandchild], t => Assert.Equal(TaskState.Cancelled, t.State));
    }

    [Fact]
    public void LostAttempt_ChildHeldOutside_GoesOn()
    {
        TestEngine node = new(cpus: 4);
        TaskRecord parent = node.Submit();
        Attempt attempt = node.Start(parent);
        TaskRecord held = node.Send(node.NewTask(attempt));
        TaskRecord used = node.Send(node.NewTask(attempt));
        TaskRecord tuple = node.Send(node.NewTask(attempt, parts: 2));
        TaskRecord lost = node.Send(node.NewTask(attempt, parts: 2));
        node.Do(e => e.Hold(held));
        node.Do(e => e.Hold(tuple.Parts![1]));
        TaskRecord outside = node.Submit(used);

        node.Crash(attempt);

        Assert.All([held, used, tuple], t => Assert.Equal(TaskState.Ready, t.State));
        Assert.Equal((TaskState.Waiting, TaskState.Cancelled), (outside.State, lost.State));
    }

    [Fact]
    public void LostAttempt_GrandchildHeldOutside_GoesOn()
    {
        TestEngine node = new(cpus: 4);
        TaskRecord parent = node.Submit();
        Attempt attempt = node.Start(parent);
        TaskRecord child = node.Send(node.NewTask(attempt));
        TaskRecord grandchild = node.Send(node.NewTask(node.Start(child)));
        node.Do(e => e.Hold(grandchild));

        node.Crash(attempt);

        Assert.Equal((TaskState.Cancelled, TaskState.Ready), (child.State, grandchild.State));
    }

    [Fact]
    public void FinishedAttempt_ItsChildrenGoOn()
    {
        TestEngine node = new(cpus: 4);
        TaskRecord parent = node.Submit();
        Attempt attempt = node.Start(parent);
        TaskRecord child = node.Send(node.NewTask(attempt));
        node.Fail(attempt);
        Assert.Equal((TaskState.Failed, TaskState.Ready), (parent.State, child.State));
    }

    [Fact]
    public void RepeatedAttempt_MakesNewChildren()
    {
        TestEngine node = new();
        TaskRecord parent = node.Submit();
        Attempt first = node.Start(parent);
        TaskId early = first.NextChildId();
        node.Crash(first);
        Attempt second = node.Start(parent);
        Assert.NotEqual(early, second.NextChildId());
    }

    [Fact]
    public void CallOfADeadActor_LeavesTheOtherChildrenKnown()
    {
        TestEngine node = new(cpus: 4);
        ActorRecord actor = node.NewActor();
        node.Do(e => e.KillActor(actor, mayRestart: false, "test"));
        TaskRecord parent = node.Submit();
        Attempt attempt = node.Start(parent);
        TaskRecord child = node.Send(node.NewTask(attempt));
        node.Call(actor, attempt);

        node.Crash(attempt);

        Assert.Equal(TaskState.Cancelled, child.State);
    }
}
