using System.Runtime.CompilerServices;

namespace RayOrleans.Runtime.Tests.Objects;

public sealed class NestedReferenceTests
{
    [Fact]
    public async Task References_InAList_ArriveAsReferences()
    {
        await using IRay ray = await Nodes.StartAsync();
        List<ObjectRef<int>> list = [ray.Put(1), ray.Remote(() => 2)];
        Assert.Equal(3, await ray.Remote(refs => Ray.Get(refs).Sum(), list).Soon());
        Assert.Equal(3, await ray.Remote(refs => Ray.Get(refs).Sum(), ray.Put(list)).Soon());
        List<ObjectRef<int>> back = await ray.Remote(refs => refs, list).Soon();
        Assert.Equal(list, back);
        Assert.Equal([1, 2], ray.Get(back, Patience.Limit));
    }

    [Fact]
    public async Task References_InARecord_KeepTheirObjectsAlive()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<Parcel> parcel = PutParcel(ray);
        await ray.AssertLeftAsync(2);
        Assert.Equal(7, await ray.Remote(p => Ray.Get(p.Content) + p.Weight, parcel).Soon());
        await ray.AssertLeftAsync(2);
        parcel.Dispose();
        await ray.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task References_ForwardedThroughFiveLevels_LiveUntilTheDeepestHasEnded()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate gate = Gate.New();
        ObjectRef<int> result = ForwardFrom(ray, gate);
        gate.AwaitArrivals(1);
        Nodes.Collect();
        gate.Open();
        Assert.Equal(42, await result.Soon());
        result.Dispose();
        await ray.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Reference_CapturedByAClosure_IsItsOwnReferenceThere()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int> result = Capture(ray);
        Assert.Equal(6, await result.Soon());
        result.Dispose();
        await ray.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Reference_ToAReference_Resolves()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<ObjectRef<ObjectRef<int>>> three = ray.Put(ray.Put(ray.Put(5)));
        await ray.AssertLeftAsync(3);
        Assert.Equal(5, ray.Get(ray.Get(ray.Get(three))));
        Assert.Equal(5, await ray.Remote(r => Ray.Get(Ray.Get(r)), three).Soon());
        three.Dispose();
        await ray.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task References_DecodedTwiceFromOneValue_AreLetGoOneByOne()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<List<ObjectRef<int>>> put = PutTwice(ray);
        List<ObjectRef<int>> got = ray.Get(put);
        put.Dispose();
        await ray.AssertLeftAsync(1);
        Assert.NotSame(got[0], got[1]);
        got[0].Dispose();
        got[0].Dispose();
        Assert.Equal(9, ray.Get(got[1]));
        got[1].Dispose();
        Assert.Equal(0, ray.LiveObjects());
    }

    [Fact]
    public async Task Results_ThatContainReferencesToTheTasksOwnChildren_KeepThem()
    {
        await using IRay ray = await Nodes.StartAsync();
        List<ObjectRef<int>> children = await MakeChildren(ray).Soon();
        Nodes.Collect();
        Assert.Equal(Enumerable.Range(0, 10).Select(i => i * i), ray.Get(children, Patience.Limit));
        children.ForEach(c => c.Dispose());
        await ray.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Chain_OfAThousandContainedReferences_IsFreedWhole()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<Link> head = MakeChain(ray, 1_000);
        await ray.AssertLeftAsync(1_000);
        head.Dispose();
        await ray.AssertNothingIsLeftAsync();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ObjectRef<Link> MakeChain(IRay ray, int length)
    {
        ObjectRef<Link> head = ray.Put(new Link(null));
        for (int i = 1; i < length; i++)
        {
            head = ray.Put(new Link(head));
        }

        return head;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ObjectRef<List<ObjectRef<int>>> MakeChildren(IRay ray) =>
        ray.Remote(() => Enumerable.Range(0, 10).Select(i => Ray.Remote(x => x * x, i)).ToList());

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ObjectRef<List<ObjectRef<int>>> PutTwice(IRay ray)
    {
        using ObjectRef<int> nine = ray.Put(9);
        ObjectRef<int> other = nine;
        List<ObjectRef<int>> both = [nine, ray.Get(ray.Put(other))];
        return ray.Put(both);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ObjectRef<Parcel> PutParcel(IRay ray) => ray.Put(new Parcel(ray.Put(4), 3));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ObjectRef<int> ForwardFrom(IRay ray, Gate gate)
    {
        List<ObjectRef<int>> list = [ray.Put(42)];
        return ray.Remote(Forward, list, gate, 5);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ObjectRef<int> Capture(IRay ray)
    {
        ObjectRef<int> captured = ray.Put(5);
        return ray.Remote(() => Ray.Get(captured) + 1);
    }

    private static int Forward(List<ObjectRef<int>> refs, Gate gate, int levels)
    {
        if (levels > 0)
        {
            return Ray.Get(Ray.Remote(Forward, refs, gate, levels - 1));
        }

        gate.Enter();
        return Ray.Get(refs[0]);
    }

    public sealed record Parcel(ObjectRef<int> Content, int Weight);

    public sealed record Link(ObjectRef<Link>? Next);
}
