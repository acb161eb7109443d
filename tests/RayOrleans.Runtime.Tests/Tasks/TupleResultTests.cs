using System.Runtime.CompilerServices;

namespace RayOrleans.Runtime.Tests.Tasks;

public sealed class TupleResultTests
{
    [Fact]
    public async Task TupleResult_Deconstructed_IsSeparateObjects()
    {
        await using IRay ray = await Nodes.StartAsync();
        var (quotient, remainder) = ray.Remote(DivRem, 17, 5);
        Assert.Equal(3, await quotient.Soon());
        Assert.Equal(2, await remainder.Soon());
        Assert.NotEqual(quotient.Id, remainder.Id);
        Assert.Equal(5, ray.Get(ray.Remote((a, b) => a + b, quotient, remainder), Patience.Limit));
    }

    [Fact]
    public async Task TupleResult_Awaited_IsTheTuple()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<(int, int)> both = ray.Remote(DivRem, 17, 5);
        Assert.Equal((3, 2), await both.Soon());
        Assert.Equal((3, 2), ray.Get(both, Patience.Limit));
        Assert.Equal(5, ray.Get(ray.Remote(t => t.Item1 + t.Item2, both), Patience.Limit));
    }

    [Fact]
    public async Task TupleResult_OfMixedTypes_KeepsEachPart()
    {
        await using IRay ray = await Nodes.StartAsync();
        var (a, b, c, d) = ray.Remote(() => (1, "two", (string?)null, (4, 5)));
        Assert.Equal(1, await a.Soon());
        Assert.Equal("two", await b.Soon());
        Assert.Null(await c.Soon());
        Assert.Equal((4, 5), await d.Soon());
    }

    [Fact]
    public async Task TupleResult_OfAnAsynchronousFunction_IsSeparateObjects()
    {
        await using IRay ray = await Nodes.StartAsync();
        var (a, b) = ray.Remote(async (int x) =>
        {
            await Task.Yield();
            return (x, x + 1);
        }, 1);
        Assert.Equal(1, await a.Soon());
        Assert.Equal(2, await b.Soon());
    }

    [Fact]
    public async Task TupleResult_WithOnePartDropped_KeepsTheOther()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int> kept = KeepSecond(ray);
        await ray.AssertLeftAsync(1);
        Assert.Equal(2, ray.Get(kept, Patience.Limit));
        kept.Dispose();
        await ray.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task TupleResult_WithBothPartsDroppedBeforeTheTaskRan_LeavesNothing()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        Gate gate = Gate.New();
        DropBoth(ray, gate);
        gate.Open();
        await ray.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task TupleResult_OfAFailedTask_FailsEveryPart()
    {
        await using IRay ray = await Nodes.StartAsync();
        var (a, b) = ray.Remote(new Func<(int, string)>(() => throw new FormatException("no")));
        Assert.IsType<FormatException>((await Assert.ThrowsAsync<RayTaskException>(() => a.Soon())).InnerException);
        Assert.IsType<FormatException>((await Assert.ThrowsAsync<RayTaskException>(() => b.Soon())).InnerException);
    }

    [Fact]
    public async Task Deconstruction_OfATupleThatWasPut_SaysWhatToDo()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<(int, int)> put = ray.Put((1, 2));
        Assert.Equal((1, 2), ray.Get(put));
        Assert.Throws<InvalidOperationException>(() =>
        {
            var (a, b) = put;
        });
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ObjectRef<int> KeepSecond(IRay ray)
    {
        var (first, second) = ray.Remote(DivRem, 17, 5);
        ray.Get(first, Patience.Limit);
        first.Dispose();
        return second;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DropBoth(IRay ray, Gate gate)
    {
        ObjectRef<int> blocker = ray.Remote(g => g.Enter(), gate);
        var (first, second) = ray.Remote((int x) => (x, x), blocker);
        first.Dispose();
        second.Dispose();
    }

    private static (int Quotient, int Remainder) DivRem(int a, int b) => (a / b, a % b);
}
