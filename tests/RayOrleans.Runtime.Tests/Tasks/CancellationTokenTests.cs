namespace RayOrleans.Runtime.Tests.Tasks;

public sealed class CancellationTokenTests
{
    [Fact]
    public async Task Token_LeftOutForAnAsynchronousFunction_IsSupplied()
    {
        await using IRay ray = await Nodes.StartAsync();
        Assert.True(await ray.Remote(async (CancellationToken ct) =>
        {
            await Task.Yield();
            return ct.CanBeCanceled;
        }).Soon());
        Assert.True(await ray.Remote(async (int x, CancellationToken ct) =>
        {
            await Task.Yield();
            return ct.CanBeCanceled;
        }, 1).Soon());
    }

    [Fact]
    public async Task Token_PassedAsNone_IsReplacedByTheTasksOwn()
    {
        await using IRay ray = await Nodes.StartAsync();
        Assert.True(await ray.Remote((int x, CancellationToken ct) => ct.CanBeCanceled, 1, CancellationToken.None).Soon());
    }

    [Fact]
    public async Task Token_OfTheContext_IsTheSameAsTheSuppliedOne()
    {
        await using IRay ray = await Nodes.StartAsync();
        Assert.True(await ray.Remote(async (CancellationToken ct) =>
        {
            await Task.Yield();
            return ct == Ray.Context.CancellationToken;
        }).Soon());
    }

    [Fact]
    public async Task Token_OfARunningTask_IsCancelledByCancel()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate gate = Gate.New();
        Gate seen = Gate.New();
        ObjectRef running = ray.Remote(async (Gate g, Gate s, CancellationToken ct) =>
        {
            ct.Register(() => s.Arrive());
            await g.EnterAsync();
        }, gate, seen);
        gate.AwaitArrivals(1);
        ray.Cancel(running);
        seen.AwaitArrivals(1);
        gate.Open();
        await Assert.ThrowsAsync<RayTaskCancelledException>(() => running.Soon());
    }
}
