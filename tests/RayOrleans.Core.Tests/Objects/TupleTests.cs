namespace RayOrleans.Core.Tests.Objects;

public sealed class TupleTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Parts_AskedForAfterTheEnd_AreThere(bool succeeds)
    {
        TestEngine node = new();
        TaskRecord tuple = node.Send(node.NewTask(parts: 2));
        Attempt attempt = node.Start(tuple);
        _ = succeeds ? node.Complete(attempt, 7) : node.Fail(attempt);

        node.Do(e => e.Hold(tuple.Parts![0]));
        node.Release(tuple);

        Assert.Equal(succeeds ? ObjectStatus.Available : ObjectStatus.Failed, tuple.Parts![0].Status);
        Assert.Equal(ObjectStatus.Deleted, tuple.Parts[1].Status);
        node.Release(tuple.Parts[0]);
        node.AssertEmpty();
    }

    [Fact]
    public void Parts_SettleBeforeTheTuple()
    {
        TestEngine node = new();
        TaskRecord tuple = node.Send(node.NewTask(parts: 1));
        CountingWatcher part = new();
        CountingWatcher whole = new();
        node.Engine.Watch(whole, [tuple], 1);
        node.Engine.Watch(part, [tuple.Parts![0]], 1);
        node.Complete(node.Start(tuple));
        Assert.Equal([part, whole], node.Effects.Where(e => e.Kind == EffectKind.Fire).Select(e => e.Subject));
    }

    [Fact]
    public void Parts_TupleDroppedEarly_LiveByTheirOwnHolds()
    {
        TestEngine node = new();
        TaskRecord tuple = node.Send(node.NewTask(parts: 2));
        node.Do(e => e.Hold(tuple.Parts![1]));
        node.Release(tuple);
        CountedValue value = new();
        node.Complete(node.Start(tuple), value);
        Assert.Equal((ObjectStatus.Deleted, ObjectStatus.Available), (tuple.Parts![0].Status, tuple.Parts[1].Status));
        node.Release(tuple.Parts[1]);
        node.AssertEmpty();
    }
}
