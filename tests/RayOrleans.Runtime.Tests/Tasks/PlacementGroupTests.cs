namespace RayOrleans.Runtime.Tests.Tasks;

public sealed class PlacementGroupTests
{
    [Theory]
    [InlineData(PlacementStrategy.Pack)]
    [InlineData(PlacementStrategy.Spread)]
    [InlineData(PlacementStrategy.StrictPack)]
    public async Task Group_ThatFits_ReservesItsBundles(PlacementStrategy strategy)
    {
        await using IRay ray = await Nodes.StartAsync(4);
        PlacementGroup group = await ray.PlacementGroupAsync([new(cpu: 1), new(cpu: 2)], strategy);
        await group.ReadyAsync(Patience.Limit);
        Assert.Equal(1, ray.AvailableResources()["CPU"]);
        Assert.Equal(PlacementGroupState.Created, Assert.Single(ray.State.PlacementGroups()).State);
        await group.RemoveAsync();
        await group.RemoveAsync();
        Assert.Equal(4, ray.AvailableResources()["CPU"]);
        Assert.Equal(PlacementGroupState.Removed, Assert.Single(ray.State.PlacementGroups()).State);
    }

    [Fact]
    public async Task Task_InABundle_RunsWithWhatTheBundleHas()
    {
        await using IRay ray = await Nodes.StartAsync(3);
        PlacementGroup group = await ray.PlacementGroupAsync([new(cpu: 1), new(cpu: 2)]);
        await group.ReadyAsync(Patience.Limit);
        Gate inside = Gate.New();
        RemoteOptions first = ray.Options(schedulingStrategy: SchedulingStrategy.PlacementGroup(group, 0));
        ObjectRef<int>[] tasks = [.. Enumerable.Range(0, 3).Select(_ => first.Remote(g => g.Enter(), inside))];
        inside.AwaitArrivals(1);
        Assert.Single(ray.State.Tasks(t => t.State == TaskState.Running));
        Assert.Equal(0, ray.AvailableResources()["CPU"]);
        inside.Open();
        ray.Get(tasks, Patience.Limit);
        Assert.Throws<ArgumentException>(() => ray.Options(numCpus: 2, schedulingStrategy: SchedulingStrategy.PlacementGroup(group, 0)).Remote(() => 1));
        Assert.Equal(1, await ray.Options(numCpus: 2, schedulingStrategy: SchedulingStrategy.PlacementGroup(group, 1)).Remote(() => 1).Soon());
    }

    [Fact]
    public async Task Tasks_ForAnyBundle_UseAllOfThem()
    {
        await using IRay ray = await Nodes.StartAsync(3);
        PlacementGroup group = await ray.PlacementGroupAsync([new(cpu: 1), new(cpu: 1), new(cpu: 1)]);
        Gate inside = Gate.New();
        RemoteOptions any = ray.Options(schedulingStrategy: SchedulingStrategy.PlacementGroup(group));
        ObjectRef<int>[] tasks = [.. Enumerable.Range(0, 3).Select(_ => any.Remote(g => g.Enter(), inside))];
        inside.AwaitArrivals(3);
        inside.Open();
        ray.Get(tasks, Patience.Limit);
    }

    [Fact]
    public async Task Task_InABundleThatBlocks_LetsItsChildInTheSameBundleRun()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        PlacementGroup group = await ray.PlacementGroupAsync([new(cpu: 1)]);
        await group.ReadyAsync(Patience.Limit);
        SchedulingStrategy inGroup = SchedulingStrategy.PlacementGroup(group, 0);
        RemoteOptions options = ray.Options(schedulingStrategy: inGroup);
        using (Ray.Use(ray))
        {
            ObjectRef<int> parent = options.Remote(s => Ray.Get(Ray.Options(schedulingStrategy: s).Remote(() => 6)) + 1, inGroup);
            Assert.Equal(7, await parent.Soon());
        }
    }

    [Fact]
    public async Task PendingGroup_StartsItsTasksOnceItFits()
    {
        await using IRay ray = await Nodes.StartAsync(2);
        Gate busy = Gate.New();
        ObjectRef<int> holder = ray.Options(numCpus: 2).Remote(g => g.Enter(), busy);
        busy.AwaitArrivals(1);
        PlacementGroup group = await ray.PlacementGroupAsync([new(cpu: 2)]);
        await Assert.ThrowsAsync<GetTimeoutException>(async () => await group.ReadyAsync(TimeSpan.Zero));
        ObjectRef<int> task = ray.Options(schedulingStrategy: SchedulingStrategy.PlacementGroup(group, 0)).Remote(() => 5);
        Assert.Equal(1, ray.Get(ray.Options(numCpus: 0).Remote(() => 1), Patience.Limit));
        Assert.False(task.IsCompleted);
        Assert.Equal(PlacementGroupState.Pending, Assert.Single(ray.State.PlacementGroups()).State);
        busy.Open();
        Assert.Equal(5, await task.Soon());
        await group.ReadyAsync(Patience.Limit);
        await holder.Soon();
    }

    [Fact]
    public async Task StrictSpread_OfTwoBundlesOnOneNode_StaysPending()
    {
        await using IRay ray = await Nodes.StartAsync(4);
        PlacementGroup group = await ray.PlacementGroupAsync([new(cpu: 1), new(cpu: 1)], PlacementStrategy.StrictSpread);
        await Assert.ThrowsAsync<GetTimeoutException>(async () => await group.ReadyAsync(TimeSpan.FromMilliseconds(50)));
        await group.RemoveAsync();
        await Assert.ThrowsAsync<PlacementGroupRemovedException>(async () => await group.ReadyAsync(Patience.Limit));
        Assert.Equal(4, ray.AvailableResources()["CPU"]);
    }

    [Fact]
    public async Task RemovedGroup_FailsItsTasksAndTakesNoMore()
    {
        await using IRay ray = await Nodes.StartAsync(2);
        PlacementGroup group = await ray.PlacementGroupAsync([new(cpu: 1)]);
        await group.ReadyAsync(Patience.Limit);
        Gate inside = Gate.New();
        RemoteOptions options = ray.Options(schedulingStrategy: SchedulingStrategy.PlacementGroup(group, 0));
        ObjectRef<int> running = options.Remote(g => g.Enter(), inside);
        ObjectRef<int> queued = options.Remote(g => g.Enter(), inside);
        inside.AwaitArrivals(1);
        await group.RemoveAsync();
        await Assert.ThrowsAsync<PlacementGroupRemovedException>(() => running.Soon());
        await Assert.ThrowsAsync<PlacementGroupRemovedException>(() => queued.Soon());
        Assert.Throws<PlacementGroupRemovedException>(() => options.Remote(g => g.Enter(), inside));
        inside.Open();
        Patience.Until(() => ray.FreeCpus() == 2, "the node had its CPUs again");
        Assert.Equal(1, inside.Arrivals);
    }

    [Fact]
    public async Task Gpus_OfDifferentBundles_AreDistinct()
    {
        await using IRay ray = await Nodes.StartAsync(4, o => o.GpusPerNode = 3);
        PlacementGroup group = await ray.PlacementGroupAsync([new(cpu: 1, gpu: 1), new(cpu: 1, gpu: 2)]);
        await group.ReadyAsync(Patience.Limit);
        ObjectRef<int[]> one = ray.Options(numGpus: 1, schedulingStrategy: SchedulingStrategy.PlacementGroup(group, 0)).Remote(() => Ray.Context.GpuIds.ToArray());
        ObjectRef<int[]> two = ray.Options(numGpus: 2, schedulingStrategy: SchedulingStrategy.PlacementGroup(group, 1)).Remote(() => Ray.Context.GpuIds.ToArray());
        Assert.Equal([0, 1, 2], (await one.Soon()).Concat(await two.Soon()).Order());
    }

    [Fact]
    public async Task Group_ThatIsMisused_IsRefused()
    {
        await using IRay ray = await Nodes.StartAsync(4);
        await Assert.ThrowsAsync<ArgumentException>(async () => await ray.PlacementGroupAsync([]));
        await Assert.ThrowsAsync<ArgumentException>(async () => await ray.PlacementGroupAsync([new(cpu: 1)], (PlacementStrategy)99));
        PlacementGroup group = await ray.PlacementGroupAsync([new(cpu: 1)], name: "twice");
        await Assert.ThrowsAsync<ArgumentException>(async () => await ray.PlacementGroupAsync([new(cpu: 1)], name: "twice"));
        Assert.Throws<ArgumentException>(() => SchedulingStrategy.PlacementGroup(group, 1));
        await group.RemoveAsync();
        await (await ray.PlacementGroupAsync([new(cpu: 1)], name: "twice")).ReadyAsync(Patience.Limit);
    }

    [Fact]
    public async Task Groups_MadeAndRemovedInParallel_LeakNothing()
    {
        await using IRay ray = await Nodes.StartAsync(4);
        await Parallel.ForEachAsync(Enumerable.Range(0, 20), async (_, _) =>
        {
            PlacementGroup group = await ray.PlacementGroupAsync([new(cpu: 1), new(cpu: 1)]);
            await group.RemoveAsync();
        });
        Assert.Equal(4, ray.AvailableResources()["CPU"]);
    }
}
