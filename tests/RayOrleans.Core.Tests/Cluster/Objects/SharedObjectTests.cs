namespace RayOrleans.Core.Tests.Cluster.Objects;

public sealed class SharedObjectTests
{
    /// <summary>Published, read and let go of on a stack that a walk by recursion would exhaust.</summary>
    [Fact]
    public void ChainOfContainers_ReadElsewhereAndLetGo_NeedsNoStack() => OnSmallStack(() =>
    {
        const int Length = 10_000;
        TestCluster cluster = new(2);
        (NodeEngine driver, NodeEngine reader) = (cluster.Nodes[0], cluster.Nodes[1]);
        ObjectEntry last = cluster.Put(driver);
        for (int i = 1; i < Length; i++)
        {
            ObjectEntry next = cluster.Put(driver, 10, last);
            driver.ReleaseHold(last);
            last = next;
        }

        TaskRecord task = cluster.Submit(reader, last);
        Attempt attempt = reader.TryStart()!;
        ObjectEntry at = attempt.Task.Inputs![0];
        int read = 1;
        for (; at.Contained is [var inner]; read++)
        {
            reader.Hold(inner);
            CountingWatcher watcher = new();
            Assert.True(reader.Watch(watcher, [inner], 1));
            cluster.Deliver();
            Assert.Equal(1, watcher.Fired);
            reader.ReleaseHold(inner);
            at = inner;
        }

        Assert.Equal(Length, read);
        Assert.True(reader.Complete(attempt, Outcome.Success(null, 1), now: 0));
        cluster.Deliver();
        Assert.Equal(0, reader.LiveObjects);

        driver.ReleaseHold(task, bySubmitter: true);
        driver.ReleaseHold(last);
        cluster.Deliver();
        cluster.AssertEmpty();
    });

    /// <summary>Nobody but the owner is left to say that there was a value, and where.</summary>
    [Fact]
    public void ShardAndOnlyCopy_GoneAtTheSameTime_ValueIsMadeAgain()
    {
        TestCluster cluster = new(2);
        (NodeEngine driver, NodeEngine worker) = (cluster.Nodes[0], cluster.Nodes[1]);
        TaskRecord task = cluster.Submit(worker);
        Assert.True(worker.Complete(worker.TryStart()!, Outcome.Success(new object(), 1_000), now: 0));
        cluster.Deliver();
        Assert.Equal((ObjectStatus.Remote, 0), (task.Status, task.AttemptNumber));

        cluster.RestartShardWithout(worker);
        cluster.Deliver();

        Assert.Equal((ObjectStatus.Pending, 1), (task.Status, task.AttemptNumber));
        Assert.Equal(0, driver.ReadyTasks);
    }

    /// <summary>The table tells the owner to make it again while that knows of no value yet; its word of the death travels in the batch after.</summary>
    [Fact]
    public void OutcomeOnItsWay_WhenTheTableHearsThatItsNodeDied_ValueIsMadeAgain()
    {
        TestCluster cluster = new(2) { IsHeldBack = static b => b.Messages.Any(static m => m is CompletedMessage), IsLost = static m => m is DeathMessage };
        (NodeEngine driver, NodeEngine worker) = (cluster.Nodes[0], cluster.Nodes[1]);
        TaskRecord task = cluster.Submit(worker);
        Assert.True(driver.Watch(new CountingWatcher(), [task], 1));
        Assert.True(worker.Complete(worker.TryStart()!, Outcome.Success(new object(), 1_000), now: 0));
        cluster.Deliver();
        cluster.Shard.OnMember(worker.Cluster!.Self, isAlive: false, now: 0);
        cluster.Deliver();
        cluster.DeliverHeldBack();
        Assert.Equal((ObjectStatus.Remote, 0), (task.Status, task.AttemptNumber));

        driver.Cluster!.OnMember(worker.Cluster.Self, isAlive: false);
        cluster.FailFetches();
        driver.Tick(1_000);
        cluster.Deliver();

        Assert.Equal((ObjectStatus.Pending, 1), (task.Status, task.AttemptNumber));
    }

    /// <summary>A result that was stored elsewhere and that nobody wants by then is forgotten by everybody.</summary>
    [Fact]
    public void StoredResult_LetGoBeforeItComes_IsForgotten()
    {
        TestCluster cluster = new(2);
        (NodeEngine driver, NodeEngine worker) = (cluster.Nodes[0], cluster.Nodes[1]);
        TaskRecord task = cluster.Submit(worker);
        driver.ReleaseHold(task, bySubmitter: true);
        Assert.True(worker.Complete(worker.TryStart()!, Outcome.Success(new object(), 1_000), now: 0));
        cluster.Deliver();

        cluster.AssertEmpty();
    }

    private static void OnSmallStack(Action test)
    {
        Exception? failure = null;
        Thread thread = new(
            () =>
            {
                try
                {
                    test();
                }
                catch (Exception e)
                {
                    failure = e;
                }
            },
            maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }
}
