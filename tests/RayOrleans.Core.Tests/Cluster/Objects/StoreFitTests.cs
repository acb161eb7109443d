namespace RayOrleans.Core.Tests.Cluster.Objects;

public sealed class StoreFitTests
{
    private const long Store = 1000;

    [Fact]
    public void Wait_ForAValueLargerThanTheStore_IsRefusedAtOnceAndPullsNothing()
    {
        TestCluster cluster = new(2, Store);
        NodeEngine reader = cluster.Nodes[1];
        ObjectEntry large = AtReader(cluster, Store + 1);

        CountingWatcher first = new();
        Assert.True(reader.Watch(first, [large], 1));
        cluster.Deliver();
        Assert.Equal(1, first.Fired);
        Assert.Equal(Store + 1, first.Refusal!.Bytes);
        Assert.Equal(FailureKind.StoreFull, first.Refusal.Failure.Kind);
        Assert.Contains($"Object {large.Id} of {Store + 1} bytes", first.Refusal.Failure.Message, StringComparison.Ordinal);
        Assert.Contains($"{Store} bytes.", first.Refusal.Failure.Message, StringComparison.Ordinal);

        // The table has told by now; the object itself is as good as before.
        CountingWatcher second = new();
        Assert.True(reader.Watch(second, [large], 1));
        cluster.Deliver();
        Assert.NotNull(second.Refusal);
        CountingWatcher exists = new() { ExistsOnly = true };
        Assert.False(reader.Watch(exists, [large], 1));
        Assert.Equal(ObjectStatus.Remote, large.Status);
        Assert.Empty(cluster.Fetches);
    }

    [Fact]
    public void Wait_ForAValueThatJustFits_IsPulled()
    {
        TestCluster cluster = new(2, Store);
        ObjectEntry value = AtReader(cluster, Store);
        CountingWatcher watcher = new();
        Assert.True(cluster.Nodes[1].Watch(watcher, [value], 1));
        cluster.Deliver();
        Assert.Equal(value.Id, Assert.Single(cluster.Fetches).Id);
        Assert.Equal(0, watcher.Fired);
    }

    [Fact]
    public void Task_WithAnArgumentLargerThanItsNodesStore_Fails()
    {
        TestCluster cluster = new(2, Store);
        ObjectEntry large = cluster.Put(cluster.Nodes[0], Store + 1);
        TaskRecord task = cluster.Submit(cluster.Nodes[1], large);
        Failure failure = Assert.IsType<Failure>(task.Value);
        Assert.Equal((TaskState.Failed, FailureKind.StoreFull), (task.State, failure.Kind));
        Assert.Contains($"{large.Id} of {Store + 1} bytes", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"object store of {Store} bytes", failure.Message, StringComparison.Ordinal);
        Assert.Null(cluster.Nodes[1].TryStart());
        Release(cluster, task, large);
    }

    [Fact]
    public void Task_WithArgumentsThatAreTogetherLargerThanTheStore_Fails()
    {
        TestCluster cluster = new(2, Store);
        ObjectEntry one = cluster.Put(cluster.Nodes[0], 600);
        ObjectEntry other = cluster.Put(cluster.Nodes[0], 500);
        TaskRecord task = cluster.Submit(cluster.Nodes[1], one, other);
        Failure failure = Assert.IsType<Failure>(task.Value);
        Assert.Equal(FailureKind.StoreFull, failure.Kind);
        Assert.Contains($"{one.Id} (600 bytes), {other.Id} (500 bytes)", failure.Message, StringComparison.Ordinal);
        Assert.Contains("1100 bytes larger than the node's whole object store of 1000 bytes", failure.Message, StringComparison.Ordinal);
        Release(cluster, task, one, other);
    }

    [Fact]
    public void Task_WithOneArgumentTwice_NeedsItsRoomOnce()
    {
        TestCluster cluster = new(2, Store);
        ObjectEntry value = cluster.Put(cluster.Nodes[0], 600);
        TaskRecord task = cluster.Submit(cluster.Nodes[1], value, value);
        Assert.NotEqual(TaskState.Failed, task.State);
        Assert.Equal(value.Id, Assert.Single(cluster.Fetches).Id);
    }

    [Fact]
    public void NoRoomInTime_WhoBlocksIsTold_AndTheNextWaitPullsAgain()
    {
        TestCluster cluster = new(2, Store);
        NodeEngine reader = cluster.Nodes[1];
        ObjectEntry value = AtReader(cluster, 500);
        CountingWatcher watcher = new();
        Assert.True(reader.Watch(watcher, [value], 1));
        cluster.Deliver();
        reader.Cluster!.OnFetchFailed(value, value.Version, "the store is full of pins.");
        cluster.Deliver();
        Assert.Equal(1, watcher.Fired);
        Assert.Contains("full of pins", watcher.Refusal!.Failure.Message, StringComparison.Ordinal);
        reader.Tick(1000);
        cluster.Deliver();
        Assert.Single(cluster.Fetches);

        CountingWatcher again = new();
        Assert.True(reader.Watch(again, [value], 1));
        cluster.Deliver();
        Assert.Equal((2, 0), (cluster.Fetches.Count, again.Fired));
    }

    [Fact]
    public void Fetch_IsForTheMostPressingOfThoseWhoWait()
    {
        TestCluster cluster = new(2);
        NodeEngine reader = cluster.Nodes[1];
        ObjectEntry argument = cluster.Put(cluster.Nodes[0], 500);
        cluster.Submit(reader, argument);
        Assert.Equal(FetchReason.Argument, cluster.Fetches[^1].Reason);

        ObjectEntry waited = AtReader(cluster, 500);
        Assert.True(reader.Watch(new CountingWatcher { IsChoice = true }, [waited], 1));
        cluster.Deliver();
        Assert.Equal(FetchReason.Wait, cluster.Fetches[^1].Reason);

        ObjectEntry got = AtReader(cluster, 500);
        Assert.True(reader.Watch(new CountingWatcher { IsChoice = true }, [got], 1));
        Assert.True(reader.Watch(new CountingWatcher(), [got], 1));
        cluster.Deliver();
        Assert.Equal(FetchReason.Get, cluster.Fetches[^1].Reason);
    }

    [Fact]
    public void Choice_WithAValueLargerThanTheStore_CountsItAsThere_AndTheOthersAsUsual()
    {
        TestCluster cluster = new(2, Store);
        NodeEngine reader = cluster.Nodes[1];
        ObjectEntry large = AtReader(cluster, Store + 1);
        ObjectEntry other = AtReader(cluster, 500);
        CountingWatcher any = new() { IsChoice = true };
        CountingWatcher both = new() { IsChoice = true };
        Assert.True(reader.Watch(any, [large, other], 1));
        Assert.True(reader.Watch(both, [large, other], 2));
        cluster.Deliver();
        Assert.Equal((1, 0), (any.Fired, both.Fired));
        Assert.Equal([large], any.Refused);
        cluster.FinishFetch(reader, other.Id);
        Assert.Equal(1, both.Fired);
        Assert.Equal([large], both.Refused);
        Assert.Null(both.Refusal);
    }

    [Fact]
    public void NoRoomForNow_IsNotToldToAChoice()
    {
        TestCluster cluster = new(2, Store);
        NodeEngine reader = cluster.Nodes[1];
        ObjectEntry value = AtReader(cluster, 500);
        CountingWatcher choice = new() { IsChoice = true };
        Assert.True(reader.Watch(choice, [value], 1));
        cluster.Deliver();
        cluster.FindNoRoom(reader, value.Id);
        Assert.Equal(0, choice.Fired);
        reader.Tick(1000);
        cluster.Deliver();
        cluster.FinishFetch(reader, value.Id);
        Assert.Equal(1, choice.Fired);
        Assert.Null(choice.Refused);
    }

    [Fact]
    public void Fetch_UnderWay_IsHurriedForWhoIsMorePressing_OnceForEachReason()
    {
        TestCluster cluster = new(2);
        NodeEngine reader = cluster.Nodes[1];
        ObjectEntry argument = cluster.Put(cluster.Nodes[0], 500);
        TaskRecord task = cluster.Submit(reader, argument);
        Assert.Equal(FetchReason.Argument, Assert.Single(cluster.Fetches).Reason);
        ObjectEntry inner = reader.Entries().Single(e => e.Id == argument.Id);
        Assert.True(reader.Watch(new CountingWatcher { IsChoice = true }, [inner], 1));
        Assert.True(reader.Watch(new CountingWatcher(), [inner], 1));
        Assert.True(reader.Watch(new CountingWatcher(), [inner], 1));
        cluster.Deliver();
        Assert.Equal([FetchReason.Wait, FetchReason.Get], cluster.Hurried.Select(h => h.Reason));
        Assert.Single(cluster.Fetches);
        Assert.NotEqual(TaskState.Failed, task.State);
    }

    private static void Release(TestCluster cluster, TaskRecord task, params ObjectEntry[] inputs)
    {
        cluster.Nodes[0].ReleaseHold(task, bySubmitter: true);
        foreach (ObjectEntry input in inputs)
        {
            cluster.Nodes[0].ReleaseHold(input);
        }

        cluster.Deliver();
        cluster.FailFetches();
        cluster.AssertEmpty();
    }

    /// <summary>A value of the first node's that the second holds.</summary>
    private static ObjectEntry AtReader(TestCluster cluster, long size)
    {
        NodeEngine reader = cluster.Nodes[1];
        ObjectEntry outer = cluster.Put(cluster.Nodes[0], 10, cluster.Put(cluster.Nodes[0], size));
        cluster.Submit(reader, outer);
        Attempt attempt = reader.TryStart()!;
        ObjectEntry inner = Assert.Single(attempt.Task.Inputs![0].Contained!);
        reader.Hold(inner);
        Assert.True(reader.Complete(attempt, Outcome.Success(null, 1), now: 0));
        cluster.Deliver();
        return inner;
    }
}
