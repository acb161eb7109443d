namespace RayOrleans.Runtime.Tests.Errors;

public sealed class TwoRuntimesTests
{
    [Fact]
    public async Task TwoRuntimes_InOneProcess_KeepTheirWorkApart()
    {
        await using IRay one = await Nodes.StartAsync(1);
        await using IRay two = await Nodes.StartAsync(1);
        Assert.Equal(one.Nodes()[0].NodeId, one.Get(one.Remote(() => Ray.Context.NodeId), Patience.Limit));
        Assert.Equal(two.Nodes()[0].NodeId, two.Get(two.Remote(() => Ray.Context.NodeId), Patience.Limit));
        Assert.NotEqual(one.Context.JobId, two.Context.JobId);
        for (int i = 0; i < 200; i++)
        {
            Assert.Equal(i, one.Get(one.Remote(x => x, i)));
            Assert.Equal(i, two.Get(two.Remote(x => x, i)));
        }
    }

    [Fact]
    public async Task Reference_OfAnotherRuntime_IsRefusedEverywhere()
    {
        await using IRay one = await Nodes.StartAsync(1);
        await using IRay two = await Nodes.StartAsync(1);
        ObjectRef<int> foreign = one.Put(1);
        Assert.Throws<ArgumentException>(() => two.Get(foreign));
        Assert.Throws<ArgumentException>(() => two.Get([foreign]));
        Assert.Throws<ArgumentException>(() => two.Wait([foreign]));
        Assert.Throws<ArgumentException>(() => two.Remote(x => x, foreign));
        Assert.Throws<ArgumentException>(() => two.Cancel(foreign));
        Assert.Throws<ArgumentException>(() => two.Free(foreign));
        await Assert.ThrowsAsync<ArgumentException>(async () => await two.GetAsync(foreign));
        Assert.Equal(1, await foreign);
        Assert.Equal(0, two.LiveObjects());
    }

    [Fact]
    public async Task Reference_OfAnotherRuntimeInsideAValue_IsRefusedAtTheCall()
    {
        await using IRay one = await Nodes.StartAsync(1);
        await using IRay two = await Nodes.StartAsync(1);
        ObjectRef<int> foreign = one.Put(1);
        Assert.Contains("another runtime", Assert.ThrowsAny<Exception>(() => two.Put(new List<ObjectRef<int>> { foreign })).ToString());
        Assert.Contains("another runtime", Assert.ThrowsAny<Exception>(() => two.Remote(l => l.Count, new List<ObjectRef<int>> { foreign })).ToString());
        Assert.Contains("another runtime", Assert.ThrowsAny<Exception>(() => two.Remote(() => foreign.IsCompleted)).ToString());
    }

    [Fact]
    public async Task StaticFacade_InAScope_IsThatRuntime()
    {
        await using IRay one = await Nodes.StartAsync(1);
        await using IRay two = await Nodes.StartAsync(1);
        using (Ray.Use(one))
        {
            Assert.Equal(one.Context.JobId, Ray.Context.JobId);
            using (Ray.Use(two))
            {
                Assert.Equal(two.Context.JobId, Ray.Context.JobId);
                await Task.Yield();
                Assert.Equal(two.Context.JobId, Ray.Context.JobId);
            }

            Assert.Equal(one.Context.JobId, Ray.Context.JobId);
        }
    }

    [Fact]
    public async Task TaskOfOneRuntime_ThatUsesAnother_WaitsLikeADriver()
    {
        await using IRay one = await Nodes.StartAsync(1);
        await using IRay two = await Nodes.StartAsync(1);
        int other = Runtimes.Add(two);
        for (int round = 0; round < 30; round++)
        {
            ObjectRef<int> blocking = one.Remote(n => Runtimes.Of(n).Get(Runtimes.Of(n).Remote(Double, 4)) + 1, other);
            ObjectRef<int> awaiting = one.Remote(async (int n) => await Runtimes.Of(n).Remote(Double, 4) + 1, other);
            Assert.Equal(9, await blocking.Soon());
            Assert.Equal(9, await awaiting.Soon());
        }

        await one.AssertNothingIsLeftAsync();
        await two.AssertNothingIsLeftAsync();
        Assert.True(one.State.Tasks().All(t => t.NodeId == one.Nodes()[0].NodeId));
    }

    [Fact]
    public async Task WaitingOnADriverThread_LeavesItsScopeAsItWas()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        using (Ray.Use(ray))
        {
            for (int i = 0; i < 50; i++)
            {
                Assert.Equal(i, Ray.Get(Ray.Remote(x => x, i)));
                Assert.Same(ray, RayAmbient.Current);
            }
        }

        Assert.NotSame(ray, RayAmbient.Current);
    }

    private static int Double(int x) => x * 2;
}
