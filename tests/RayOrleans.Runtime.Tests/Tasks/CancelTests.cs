namespace RayOrleans.Runtime.Tests.Tasks;

public sealed class CancelTests
{
    [Fact]
    public async Task Cancel_OfAQueuedTask_FailsItWithoutRunningIt()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        Gate busy = Gate.New();
        Gate ran = Gate.New();
        ObjectRef<int> blocker = ray.Remote(g => g.Enter(), busy);
        busy.AwaitArrivals(1);
        ObjectRef<int> queued = ray.Options(name: "queued").Remote(g => g.Arrive(), ran);
        ray.Cancel(queued);
        RayTaskCancelledException error = await Assert.ThrowsAsync<RayTaskCancelledException>(() => queued.Soon());
        Assert.False(error.HadStarted);
        Assert.Equal("queued", error.FunctionName);
        busy.Open();
        await blocker.Soon();
        Assert.Equal(2, ray.Get(ray.Remote(() => 2), Patience.Limit));
        Assert.Equal(0, ran.Arrivals);
    }

    [Fact]
    public async Task Cancel_OfARunningTaskThatHeedsItsToken_EndsIt()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        Gate gate = Gate.New();
        ObjectRef running = ray.Remote((Gate g) => g.Enter(Ray.Context.CancellationToken), gate);
        gate.AwaitArrivals(1);
        ray.Cancel(running);
        Assert.True((await Assert.ThrowsAsync<RayTaskCancelledException>(() => running.Soon())).HadStarted);
        Assert.Equal(1, ray.Get(ray.Remote(() => 1), Patience.Limit));
    }

    [Fact]
    public async Task Cancel_OfARunningTaskThatIgnoresIt_FailsTheReferenceAtOnce()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        Gate gate = Gate.New();
        ObjectRef<int> running = ray.Remote(g => g.Enter(), gate);
        gate.AwaitArrivals(1);
        ray.Cancel(running, force: true);
        await Assert.ThrowsAsync<RayTaskCancelledException>(() => running.Soon());
        Assert.Equal(0, ray.AvailableResources()["CPU"]);
        TaskInfo slot = Assert.Single(ray.State.Tasks(t => t.IsAbandoned));
        Assert.Equal((running.Id.Task, TaskState.Cancelled, ray.Context.NodeId), (slot.TaskId, slot.State, slot.NodeId));
        gate.Open();
        Patience.Until(() => ray.FreeCpus() == 1, "the body had returned and its CPU was free");
        Assert.Empty(ray.State.Tasks(t => t.IsAbandoned));
        await Assert.ThrowsAsync<RayTaskCancelledException>(() => running.Soon());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancel_OfAParent_ReachesItsChildrenWhereAsked(bool recursive)
    {
        await using IRay ray = await Nodes.StartAsync(4);
        Gate gate = Gate.New();
        ObjectRef<ObjectRef<int>> children = ray.Remote(g => Ray.Remote(x => x.Enter(), g), gate);
        ObjectRef<int> free = await children.Soon();
        Gate shared = Gate.New();
        Gate ended = Gate.New();
        ObjectRef<int> parent = ray.Remote(
            (g, e) =>
            {
                ObjectRef<int> child = Ray.Remote(
                    (a, b) =>
                    {
                        try
                        {
                            a.Enter(Ray.Context.CancellationToken);
                        }
                        finally
                        {
                            b.Arrive();
                        }

                        return 0;
                    },
                    g,
                    e);
                return Ray.Get(child);
            },
            shared,
            ended);
        shared.AwaitArrivals(1);
        ray.Cancel(parent, recursive: recursive);
        await Assert.ThrowsAsync<RayTaskCancelledException>(() => parent.Soon());
        if (recursive)
        {
            ended.AwaitArrivals(1);
        }
        else
        {
            Assert.Equal(0, ended.Arrivals);
            shared.Open();
            ended.AwaitArrivals(1);
        }

        shared.Open();
        gate.Open();
        Assert.Equal(1, await free.Soon());
        Patience.Until(() => ray.FreeCpus() == 4, "all CPUs were free");
    }

    [Fact]
    public async Task Cancel_OfTheHeadOfAChain_FailsAllThatDependsOnIt()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        Gate gate = Gate.New();
        ObjectRef<int> head = ray.Remote(g => g.Enter(), gate);
        ObjectRef<int> second = ray.Remote(x => x + 1, head);
        ObjectRef<int> third = ray.Remote(x => x + 1, second);
        gate.AwaitArrivals(1);
        ray.Cancel(head);
        await Assert.ThrowsAsync<RayTaskCancelledException>(() => third.Soon());
        await Assert.ThrowsAsync<RayTaskCancelledException>(() => second.Soon());
        gate.Open();
    }

    [Fact]
    public async Task Cancel_OfALaterLink_LeavesTheEarlierOnes()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        Gate gate = Gate.New();
        ObjectRef<int> head = ray.Remote(g => g.Enter(), gate);
        ObjectRef<int> second = ray.Remote(x => x + 1, head);
        ObjectRef<int> third = ray.Remote(x => x + 1, second);
        ray.Cancel(third);
        gate.Open();
        Assert.Equal(2, await second.Soon());
        await Assert.ThrowsAsync<RayTaskCancelledException>(() => third.Soon());
    }

    [Fact]
    public async Task Cancel_OfWhatHasEnded_ChangesNothing()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int> done = ray.Remote(() => 1);
        await done.Soon();
        ray.Cancel(done);
        Assert.Equal(1, ray.Get(done));
        ObjectRef<int> put = ray.Put(2);
        ray.Cancel(put);
        Assert.Equal(2, ray.Get(put));
        ObjectRef<int> failed = ray.Remote(new Func<int>(() => throw new FormatException()));
        await Assert.ThrowsAsync<RayTaskException>(() => failed.Soon());
        ray.Cancel(failed);
        await Assert.ThrowsAsync<RayTaskException>(() => failed.Soon());
    }

    [Fact]
    public async Task Cancel_WinsOverRetry()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        Gate gate = Gate.New();
        ObjectRef<int> task = ray.Options(maxRetries: -1, retryExceptions: true).Remote(
            new Func<Gate, int>(g =>
            {
                g.Enter();
                throw new FormatException();
            }), gate);
        gate.AwaitArrivals(1);
        ray.Cancel(task);
        gate.Open();
        await Assert.ThrowsAsync<RayTaskCancelledException>(() => task.Soon());
        Patience.Until(() => ray.FreeCpus() == 1, "the body had returned");
        Assert.Equal(1, gate.Arrivals);
    }

    [Fact]
    public async Task Cancel_BySomebodyWhoGotTheReferenceFromATask_Works()
    {
        await using IRay ray = await Nodes.StartAsync(2);
        Gate gate = Gate.New();
        ObjectRef<int> inner = await ray.Remote(g => Ray.Remote(x => x.Enter(), g), gate).Soon();
        gate.AwaitArrivals(1);
        ray.Cancel(inner);
        await Assert.ThrowsAsync<RayTaskCancelledException>(() => inner.Soon());
        gate.Open();
    }

    [Fact]
    public async Task Cancel_OfOnePartOfATuple_CancelsTheTask()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate gate = Gate.New();
        var (a, b) = ray.Remote(g => (g.Enter(), 2), gate);
        gate.AwaitArrivals(1);
        ray.Cancel(a);
        await Assert.ThrowsAsync<RayTaskCancelledException>(() => b.Soon());
        gate.Open();
    }

    [Fact]
    public async Task CancelledTask_MaySubmitNothingMore()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate gate = Gate.New();
        Gate refused = Gate.New();
        ObjectRef<int> task = ray.Remote(
            (g, r) =>
            {
                g.Enter();
                try
                {
                    return Ray.Get(Ray.Remote(() => 1));
                }
                catch (RayTaskCancelledException)
                {
                    r.Arrive();
                    throw;
                }
            },
            gate,
            refused);
        gate.AwaitArrivals(1);
        ray.Cancel(task);
        gate.Open();
        refused.AwaitArrivals(1);
    }

    [Fact]
    public async Task WaitingForACancelledTask_EndsAtOnce()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate gate = Gate.New();
        ObjectRef<int> task = ray.Remote(g => g.Enter(), gate);
        Task<int> get = Patience.OnThread(() => ray.Get(task), "Get of a task that is cancelled");
        Task<WaitResult<int>> wait = Patience.OnThread(() => ray.Wait([task]), "Wait for a task that is cancelled");
        gate.AwaitArrivals(1);
        ray.Cancel(task);
        await Assert.ThrowsAsync<RayTaskCancelledException>(() => get);
        _ = Assert.Single((await wait).Ready);
        gate.Open();
    }
}
