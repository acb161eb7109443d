namespace RayOrleans.Core.Tests.Engine;

public sealed class BlockingTests
{
    [Fact]
    public void Blocked_GivesItsCpuBack_AndResumesBelowZero()
    {
        TestEngine node = new();
        TaskRecord parent = node.Submit();
        TaskRecord child = node.Submit();
        TaskRecord third = node.Submit();
        Attempt blocked = node.Start(parent);
        Assert.Null(node.TryStart());
        node.Engine.Block(blocked);
        Attempt running = node.Start(child);
        node.Engine.Unblock(blocked);
        Assert.Equal(-ResourceAmount.One, node.Engine.Resources.FreeCpu);
        node.Complete(running);
        Assert.Null(node.TryStart());
        node.Complete(blocked);
        node.Start(third);
    }

    [Fact]
    public void Blocked_Twice_GivesBackOnce()
    {
        TestEngine node = new();
        Attempt attempt = node.Start(node.Submit());
        node.Engine.Block(attempt);
        node.Engine.Block(attempt);
        Assert.Equal(ResourceAmount.One, node.Engine.Resources.FreeCpu);
        node.Engine.Unblock(attempt);
        Assert.Equal(ResourceAmount.One, node.Engine.Resources.FreeCpu);
        node.Engine.Unblock(attempt);
        Assert.Equal(0, node.Engine.Resources.FreeCpu);
    }

    [Fact]
    public void Blocked_EndsWhileBlocked_ReleasesOnce()
    {
        TestEngine node = new();
        TaskRecord task = node.Send(node.NewTask(retries: 0));
        Attempt attempt = node.Start(task);
        node.Engine.Block(attempt);
        node.Crash(attempt);
        node.Engine.Unblock(attempt);
        node.Release(task);
        node.AssertEmpty();
    }

    [Fact]
    public void Blocked_OnlyCpuIsGivenBack()
    {
        TestEngine node = new(cpus: 1, gpus: 1);
        ResourceShape shape = new(ResourceAmount.One, ResourceAmount.One);
        Attempt attempt = node.Start(node.Send(node.NewTask(shape: shape)));
        node.Send(node.NewTask(shape: shape));
        node.Engine.Block(attempt);
        Assert.Null(node.TryStart());
    }

    [Fact]
    public void Claim_FitsOnceTheWaitersCpuIsBack()
    {
        TestEngine node = new();
        TaskRecord parent = node.Submit();
        Attempt waiter = node.Start(parent);
        TaskRecord child = node.Send(node.NewTask(waiter));
        Attempt claimed = node.Engine.TryClaim(child, waiter)!;
        Assert.Same(child, claimed.Task);
        Assert.Equal(0, node.Engine.Resources.FreeCpu);
        node.Complete(claimed, 1);
        node.Engine.Unblock(waiter);
        Assert.Equal(0, node.Engine.Resources.FreeCpu);
        node.Complete(waiter);
    }

    [Fact]
    public void Claim_ThatDoesNotFit_LeavesTheWaiterAsItWas()
    {
        TestEngine node = new(cpus: 2);
        node.Start(node.Submit());
        TaskRecord parent = node.Submit();
        Attempt waiter = node.Start(parent);
        TaskRecord big = node.Send(node.NewTask(waiter, shape: TestEngine.Cpu(2)));
        Assert.Null(node.Engine.TryClaim(big, waiter));
        Assert.False(waiter.IsBlocked);
        Assert.Equal(0, node.Engine.Resources.FreeCpu);
        Assert.Null(node.Engine.TryClaim(parent, null));
    }

    [Fact]
    public void Deadlock_CallBehindOnesOwnMethod_IsSeen()
    {
        TestEngine node = new(cpus: 2);
        ActorRecord actor = node.NewActor();
        Attempt method = node.Start(node.Call(actor));
        TaskRecord task = node.Send(node.NewTask(method));
        Attempt between = node.Start(task);
        TaskRecord behind = node.Call(actor, between);

        Assert.Same(behind, NodeEngine.FindDeadlock(method, [behind], 1, holdsTurn: false));
        NodeEngine.NoteBlocked(method, [task], holdsTurn: false);
        Assert.Same(behind, NodeEngine.FindDeadlock(between, [behind], 1, holdsTurn: false));
        Assert.Null(NodeEngine.FindDeadlock(between, [behind, node.Put()], 1, holdsTurn: false));
        NodeEngine.NoteResumed(method);
        Assert.Null(NodeEngine.FindDeadlock(between, [behind], 1, holdsTurn: false));
    }
}
