namespace RayOrleans.Runtime.Tests.Tasks;

public sealed class ResourceTests
{
    [Theory]
    [InlineData(2, 1, 2)]
    [InlineData(2, 2, 1)]
    [InlineData(1, 0.5, 2)]
    [InlineData(2, 0.4, 5)]
    public async Task Tasks_WithCpus_NeverRunMoreThanFit(double cpus, double each, int together)
    {
        await using IRay ray = await Nodes.StartAsync(cpus);
        Gate inside = Gate.New();
        ObjectRef<int>[] tasks = [.. Enumerable.Range(0, together + 3).Select(_ => ray.Options(numCpus: each).Remote(g => g.Enter(), inside))];
        inside.AwaitArrivals(together);
        Assert.Equal(together, ray.State.Tasks(t => t.State == TaskState.Running).Count);
        Assert.Equal(3, ray.State.Tasks(t => t.State == TaskState.WaitingForResources).Count);
        Assert.Equal(together, inside.Arrivals);
        inside.Open();
        Assert.Equal(tasks.Length, ray.Get(tasks, Patience.Limit).Count);
        Patience.Until(() => ray.FreeCpus() == cpus, $"all {cpus} CPUs were free");
    }

    [Fact]
    public async Task Tasks_WithoutCpu_RunBesideAFullNode()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        Gate full = Gate.New();
        Gate free = Gate.New();
        ObjectRef<int> one = ray.Remote(g => g.Enter(), full);
        full.AwaitArrivals(1);
        ObjectRef<int>[] none = [.. Enumerable.Range(0, 12).Select(_ => ray.Options(numCpus: 0).Remote(g => g.Enter(), free))];
        free.AwaitArrivals(12);
        free.Open();
        full.Open();
        ray.Get([one, .. none], Patience.Limit);
    }

    [Fact]
    public async Task CustomResource_HeldByATask_IsExclusive()
    {
        await using IRay ray = await Nodes.StartAsync(8, o => o.Resources["tpu"] = 2);
        Gate inside = Gate.New();
        RemoteOptions tpu = ray.Options(numCpus: 0, resources: new() { ["tpu"] = 1 });
        ObjectRef<int>[] tasks = [.. Enumerable.Range(0, 5).Select(_ => tpu.Remote(g => g.Enter(), inside))];
        inside.AwaitArrivals(2);
        Assert.Equal(0, ray.AvailableResources()["tpu"]);
        Assert.Equal(7, ray.Get(ray.Remote(() => 7), Patience.Limit));
        Assert.Equal(2, inside.Arrivals);
        inside.Open();
        ray.Get(tasks, Patience.Limit);
        Patience.Until(() => ray.AvailableResources()["tpu"] == 2, "both were free");
    }

    [Fact]
    public async Task Gpus_OfTasksThatRunTogether_AreDistinct()
    {
        await using IRay ray = await Nodes.StartAsync(8, o => o.GpusPerNode = 4);
        Gate inside = Gate.New();
        ObjectRef<int[]>[] tasks = [.. Enumerable.Range(0, 3).Select(i => ray.Options(numGpus: i == 0 ? 2 : 1).Remote(
            g =>
            {
                g.Enter();
                return Ray.Context.GpuIds.ToArray();
            },
            inside))];
        inside.AwaitArrivals(3);
        inside.Open();
        int[] all = [.. ray.Get(tasks, Patience.Limit).SelectMany(g => g)];
        Assert.Equal([0, 1, 2, 3], all.Order());
    }

    [Fact]
    public async Task Gpus_InFractions_ShareOneDevice()
    {
        await using IRay ray = await Nodes.StartAsync(8, o => o.GpusPerNode = 2);
        Gate inside = Gate.New();
        ObjectRef<int>[] tasks = [.. Enumerable.Range(0, 4).Select(_ => ray.Options(numGpus: 0.5).Remote(
            g =>
            {
                g.Enter();
                return Ray.Context.GpuIds.Single();
            },
            inside))];
        inside.AwaitArrivals(4);
        Assert.Equal(0, ray.AvailableResources()["GPU"]);
        inside.Open();
        Assert.Equal([0, 0, 1, 1], ray.Get(tasks, Patience.Limit).Order());
    }

    [Fact]
    public async Task AssignedResources_OfATask_AreInItsContext()
    {
        await using IRay ray = await Nodes.StartAsync(4, o =>
        {
            o.Resources["disk"] = 3;
            o.MemoryPerNode = 1_000_000;
        });
        Dictionary<string, double> assigned = await ray.Options(numCpus: 1.5, memory: 1000, resources: new() { ["disk"] = 0.25 })
            .Remote(() => Ray.Context.AssignedResources.ToDictionary(r => r.Key, r => r.Value)).Soon();
        Assert.Equal(1.5, assigned["CPU"]);
        Assert.Equal(1000, assigned["memory"]);
        Assert.Equal(0.25, assigned["disk"]);
        Assert.Equal(4, ray.ClusterResources()["CPU"]);
        Assert.Equal(3, ray.ClusterResources()["disk"]);
    }

    [Fact]
    public async Task ShapeThatNeedsMore_IsServedThoughSmallerOnesKeepComing()
    {
        await using IRay ray = await Nodes.StartAsync(2);
        Gate served = Gate.New();
        Gate first = Gate.New();
        _ = ray.Remote(g => g.Enter(), first);
        first.AwaitArrivals(1);
        ObjectRef<int> large = ray.Options(numCpus: 2).Remote(g => g.Arrive(), served);
        ObjectRef<int>[] small = [.. Enumerable.Range(0, 5_000).Select(i => ray.Remote((g, x) => g.Arrivals > 0 ? 1 : 0, served, i))];
        first.Open();
        await large.Soon();
        Assert.Equal(5_000, ray.Get(small, Patience.Limit).Count);
    }
}
