using RayOrleans.Api.Tests.Fakes;

namespace RayOrleans.Api.Tests.Facade;

/// <summary>Which runtime the static façade means. The only tests that make process defaults; the others open scopes.</summary>
public sealed class AmbientTests
{
    private static readonly RemoteOptions Early = Ray.Options(numCpus: 2, name: "early");

    [Fact]
    public void Facade_NoRuntime_ThrowsAndSaysHowToStart()
    {
        Assert.False(Ray.IsInitialized);
        Assert.Throws<RayNotInitializedException>(() => Ray.Put(1));
        Assert.Throws<RayNotInitializedException>(() => Ray.Context);
        Assert.Throws<RayNotInitializedException>(() => Ray.Remote(() => 1));
        Assert.Throws<RayNotInitializedException>(() => Ray.Options(numCpus: 1).Actor(() => new object()));
        Assert.Throws<RayNotInitializedException>(() => Early.Remote(() => 1));
    }

    [Fact]
    public async Task Facade_Defaults_OneIsMeantAndTwoAreNot()
    {
        FakeRay first = new();
        FakeRay second = new();
        RayAmbient.AddDefault(first);
        RayAmbient.AddDefault(first);
        _ = Ray.Remote(() => 1);
        Assert.Single(first.Calls);
        Assert.True(Ray.IsInitialized);
        RayAmbient.AddDefault(second);
        Assert.False(Ray.IsInitialized);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Ray.Remote(() => 1));
        Assert.Contains("2 runtimes", error.Message, StringComparison.Ordinal);
        using (Ray.Use(second))
        {
            Assert.True(Ray.IsInitialized);
            _ = Ray.Remote(() => 1);
        }

        Assert.Single(second.Calls);
        await first.DisposeAsync();
        _ = Ray.Remote(() => 1);
        Assert.Equal(2, second.Calls.Count);
        await second.DisposeAsync();
        Assert.False(Ray.IsInitialized);
    }

    [Fact]
    public async Task InitAsync_Implementation_IsAskedWithTheOptionsAndBecomesTheDefault()
    {
        InvalidOperationException missing = await Assert.ThrowsAsync<InvalidOperationException>(() => Ray.InitAsync());
        Assert.Contains("Reference the package RayOrleans", missing.Message, StringComparison.Ordinal);

        FakeRay fake = new();
        RayOptions? asked = null;
        RayAmbient.Starter = (options, _) =>
        {
            asked = options;
            return Task.FromResult<IRay>(fake);
        };
        try
        {
            await using (IRay ray = await Ray.InitAsync("ray://10.0.0.7:30000", o => o.Namespace = "prod"))
            {
                Assert.Same(fake, ray);
                Assert.Equal(("ray://10.0.0.7:30000", "prod"), (asked!.Address, asked.Namespace));
                Assert.Equal(1, Ray.Get(Ray.Remote(() => 1)));
            }

            Assert.False(Ray.IsInitialized);
            await using (await Ray.InitAsync(o => { o.Nodes = 2; o.CpusPerNode = 1; }))
            {
                Assert.Equal((2, 1.0, null), (asked.Nodes, asked.CpusPerNode!.Value, asked.Address));
            }
        }
        finally
        {
            RayAmbient.Starter = null;
        }
    }

    [Fact]
    public async Task Use_Scopes_NestAndStayInTheirFlow()
    {
        FakeRay outer = new();
        FakeRay inner = new();
        using (Ray.Use(outer))
        {
            using (Ray.Use(inner))
            {
                await Task.Run(() => Ray.Remote(() => 1));
                Assert.Single(inner.Calls);
            }

            await Task.Yield();
            _ = Ray.Remote(() => 1);
            Assert.Single(outer.Calls);
            Assert.Single(inner.Calls);
        }

        Assert.False(Ray.IsInitialized);
        Assert.Throws<ArgumentNullException>(() => { Ray.Use(null!).Dispose(); });
        default(RayScope).Dispose();
    }

    [Fact]
    public async Task Facade_EveryMember_GoesToTheRuntimeOfTheFlow()
    {
        FakeRay ray = new() { Context = new RayContext { Attempt = 3 } };
        using RayScope scope = Ray.Use(ray);
        Assert.Equal(3, Ray.Context.Attempt);
        Assert.Same(ray.Kv, Ray.Kv);
        ObjectRef<int> one = Ray.Put(1);
        ObjectRef<int> two = await Ray.PutAsync(2, Durability.Replicated, CancellationToken.None);
        Assert.Equal(1, Ray.Get(one, timeout: TimeSpan.FromSeconds(5)));
        Assert.Equal(2, await Ray.GetAsync(two));
        Assert.Equal([1, 2], Ray.Get([one, two]));
        Assert.Equal([2, 1], await Ray.GetAsync([two, one]));
        Assert.Equal([1, 2], Ray.Get(Sequence(one, two)));
        Assert.Equal([1, 2], await Ray.GetAsync(Sequence(one, two)));
        Assert.Equal(1, Ray.GetPinned(one).Value);
        Ray.Cancel(one, force: true, recursive: false);
        Assert.Equal((one, true, false), ray.Cancelled);
        Ray.Free(two);
        Assert.Equal(two, ray.Freed);
        Assert.Equal(2, Ray.ClusterResources()["CPU"]);
        Assert.Equal(1, Ray.AvailableResources()["CPU"]);
        Assert.Single(Ray.Nodes());
        PlacementGroup group = await Ray.PlacementGroupAsync([new(cpu: 1), new(cpu: 1)], PlacementStrategy.StrictSpread, "g");
        Assert.Equal(("g", 2), (group.Name, group.Bundles.Count));
        await group.ReadyAsync();
        await group.RemoveAsync();
        Assert.Equal(1, ((FakeGroupControl)group.Control).Removals);
        Assert.Throws<NotSupportedException>(() => Ray.State);
    }

    [Fact]
    public async Task Map_ItemsAndReferences_KeepTheOrder()
    {
        FakeRay ray = new();
        using RayScope scope = Ray.Use(ray);
        IReadOnlyList<ObjectRef<double>> halves = Ray.Map(new[] { 1, 2, 3 }, x => x / 2.0);
        Assert.Equal([0.5, 1, 1.5], Ray.Get(halves));
        IReadOnlyList<ObjectRef<string>> texts = Ray.Options(numCpus: 2).Map(halves, async x => { await Task.Yield(); return $"{x}"; });
        Assert.Equal(["0.5", "1", "1.5"], await Ray.GetAsync(texts));
        Assert.Equal(2, ray.Last.Call.Options!.NumCpus);
        _ = Assert.Single(ray.Last.Packer.Dependencies);
        IReadOnlyList<ObjectRef> none = ray.Map(Enumerable.Range(0, 2), x => { });
        Assert.Equal(2, none.Count);
        Assert.Throws<ArgumentNullException>(() => Ray.Map((int[])null!, x => x));
    }

    private static IEnumerable<ObjectRef<int>> Sequence(params ObjectRef<int>[] refs)
    {
        foreach (ObjectRef<int> reference in refs)
        {
            yield return reference;
        }
    }
}
