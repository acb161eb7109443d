namespace RayOrleans.Core.Tests.Objects;

public sealed class HoldTests
{
    [Fact]
    public void Put_LastHoldGoes_ValueIsDiscardedOnce()
    {
        TestEngine node = new();
        CountedValue value = new();
        ObjectEntry put = node.Put(value);
        node.Do(e => e.Hold(put));
        Assert.Equal(10, node.Engine.LiveBytes);
        node.Release(put);
        Assert.Equal(0, node.Count(EffectKind.Discard, value));
        node.Release(put);
        Assert.Equal(1, node.Count(EffectKind.Discard, value));
        node.AssertEmpty();
    }

    [Theory]
    [InlineData("succeeds")]
    [InlineData("fails")]
    [InlineData("crashes")]
    public void Argument_IsHeldUntilItsTaskEnds(string how)
    {
        TestEngine node = new();
        ObjectEntry put = node.Put();
        TaskRecord task = node.Send(node.NewTask(retries: 0, inputs: [put]));
        Assert.Equal((1, 1), (put.Holds, put.Uses));
        node.Release(put);
        Attempt attempt = node.Start(task);
        Assert.Equal(ObjectStatus.Available, put.Status);
        _ = how switch { "fails" => node.Fail(attempt), "crashes" => node.Crash(attempt), _ => node.Complete(attempt) };
        Assert.Equal(ObjectStatus.Deleted, put.Status);
        node.Release(task);
        node.AssertEmpty();
    }

    [Fact]
    public void NestedReference_IsHeldByTheSpecButNotWaitedFor()
    {
        TestEngine node = new();
        TaskRecord slow = node.Submit();
        Attempt running = node.Start(slow);
        TaskRecord task = node.NewTask(shape: ResourceShape.Zero, inputs: [slow]);
        task.DependencyCount = 0;
        node.Send(task);
        node.Release(slow);
        Assert.Equal(TaskState.Ready, task.State);
        node.Complete(running, 1);
        Assert.Equal(ObjectStatus.Available, slow.Status);
        node.Complete(node.Start(task));
        Assert.Equal(ObjectStatus.Deleted, slow.Status);
    }

    [Fact]
    public void Outer_PinsInner_AndReleasesIt()
    {
        TestEngine node = new();
        ObjectEntry inner = node.Put();
        ObjectEntry middle = node.Put(null, inner);
        ObjectEntry outer = node.Put(null, middle);
        node.Release(inner);
        node.Release(middle);
        Assert.Equal((ObjectStatus.Available, ObjectStatus.Available), (inner.Status, middle.Status));
        node.Release(outer);
        node.AssertEmpty();
    }

    [Fact]
    public void Nesting_HundredThousandDeep_IsReleasedInConstantStack()
    {
        TestEngine node = new();
        ObjectEntry outer = node.Put();
        for (int i = 0; i < 100_000; i++)
        {
            ObjectEntry next = node.Put(null, outer);
            node.Release(outer);
            outer = next;
        }

        Thread small = new(() => node.Release(outer), 128 * 1024);
        small.Start();
        small.Join();
        node.AssertEmpty();
    }

    [Fact]
    public void Result_NobodyHolds_IsDiscardedAtOnce()
    {
        TestEngine node = new();
        TaskRecord task = node.Submit();
        Attempt attempt = node.Start(task);
        node.Release(task);
        CountedValue value = new();
        Assert.True(node.Complete(attempt, value));
        Assert.Equal(1, node.Count(EffectKind.Discard, value));
        node.AssertEmpty();
    }

    [Fact]
    public void Free_Held_FailsReadersAndDependents()
    {
        TestEngine node = new();
        CountedValue value = new();
        ObjectEntry put = node.Put(value);
        TaskRecord ready = node.Submit(put);
        TaskRecord waiting = node.Submit(put, node.Submit());
        node.Do(e => e.Free(put));

        Assert.Equal((ObjectStatus.Failed, FailureKind.ObjectFreed), (put.Status, ((Failure)put.Value!).Kind));
        Assert.Equal(1, node.Count(EffectKind.Discard, value));
        node.RunAll();
        Assert.All([ready, waiting], t => Assert.Equal(FailureKind.ObjectFreed, ((Failure)t.Value!).Kind));
    }
}
