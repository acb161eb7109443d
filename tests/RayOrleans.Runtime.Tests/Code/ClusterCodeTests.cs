using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using RayOrleans.Runtime.Tests.Cluster.Nodes;

namespace RayOrleans.Runtime.Tests.Code;

/// <summary>A driver's program on nodes that do not have it.</summary>
public sealed class ClusterCodeTests
{
    private static string s_whose = "nobody's";

    [Fact]
    public async Task Functions_OfEveryKind_RunWhereTheProgramIsNot()
    {
        await using ShippingNodes nodes = ShippingNodes.Start();
        s_whose = "the driver's";
        RemoteOptions there = nodes.Nodes.Elsewhere;
        int offset = 30;
        Order order = new("o", [1, 2], new Spot(3));
        Assert.Equal("nobody's code", await there.Remote(static () => $"{s_whose} {AssemblyLoadContext.GetLoadContext(typeof(ClusterCodeTests).Assembly)!.Name!.Split(' ')[0]}").Soon());
        Assert.NotNull(nodes.LoadedOn(nodes.Nodes.Second)!.Context);
        Assert.Equal(42, await there.Remote(x => x + offset + order.Lines.Count, 10).Soon());
        Order changed = await there.Remote(Change, order).Soon();
        Assert.Equal("o!", changed.Name);
        Assert.Equal([1, 2, 9], changed.Lines);
        Assert.Equal(new Spot(4), changed.Spot);
        Assert.Equal(new Spot(5), await there.Remote(static (Spot spot) => new Spot(spot.X + 1), new Spot(4)).Soon());
        Assert.Equal([order.Name, order.Name], (await there.Remote(Twice, order).Soon()).Select(o => o.Name));
        Assert.Equal("7!", await there.Remote(LaterAsync, 7).Soon());
        (ObjectRef<Order> first, ObjectRef<Spot> second) = there.Remote(static (Order o) => (o, o.Spot), order);
        Assert.Equal("o", (await first.Soon()).Name);
        Assert.Equal(order.Spot, await second.Soon());
    }

    [Fact]
    public async Task Objects_OfTheProgramsTypes_GoBothWaysAndThroughNestedTasks()
    {
        await using ShippingNodes nodes = ShippingNodes.Start();
        RemoteOptions there = nodes.Nodes.Elsewhere;
        NodeId here = nodes.Nodes.First.Services.NodeId;
        ObjectRef<Order> put = nodes.Nodes.Ray.Put(new Order("put", [1], default));
        ObjectRef<string> name = there.Remote(
            async (ObjectRef<Order> o, NodeId driver) =>
            {
                // Here the types are those of the shipped copy; a nested task of theirs runs on the driver's node with its own.
                ObjectRef<Order> back = Ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(driver)).Remote(Change, o);
                ObjectRef<Order> own = Ray.Put(await back);
                Order read = await Ray.Remote(Change, own);
                return $"{read.Name} {read.Lines.Count}";
            },
            put,
            here);
        Assert.Equal("put!! 3", await name.Soon());
        ObjectRef<ObjectRef<Order>> outer = there.Remote(static () => Ray.Put(new Order("inner", Enumerable.Range(0, 100_000).ToList(), default)));
        Order inner = await (await outer.Soon()).Soon();
        Assert.Equal(100_000, inner.Lines.Count);
    }

    [Fact]
    public async Task Actor_OfTheProgram_LivesWhereTheProgramIsNot()
    {
        await using ShippingNodes nodes = ShippingNodes.Start();
        ActorHandle<Cart> cart = nodes.Nodes.Elsewhere.Actor(static owner => new Cart(owner), "me");
        for (int i = 0; i < 5; i++)
        {
            _ = cart.Remote(static (c, line) => c.Add(line), i);
        }

        Order order = await cart.Remote(static c => c.Close()).Soon();
        Assert.Equal("me", order.Name);
        Assert.Equal(Enumerable.Range(0, 5), order.Lines);
        string state = await nodes.Nodes.Elsewhere.Remote(static async (ActorHandle<Cart> c) => (await c.Remote(static x => x.Close())).Name, cart).Soon();
        Assert.Equal("me", state);
    }

    [Fact]
    public async Task Exception_OfTheProgram_ComesBackAsItself()
    {
        await using ShippingNodes nodes = ShippingNodes.Start();
        RayTaskException error = await Assert.ThrowsAsync<RayTaskException>(
            () => nodes.Nodes.Elsewhere.Remote(static (int code) => code > 0 ? throw new Trouble("trouble", code) : code, 5).Soon());
        Assert.Equal(5, Assert.IsType<Trouble>(error.InnerException).Code);
    }

    [Fact]
    public async Task Code_OfADriverThatIsGone_IsUnloaded()
    {
        await using ShippingNodes nodes = ShippingNodes.Start();
        LocalNode second = nodes.Nodes.Second;
        WeakReference context = await UseAsync(nodes);
        Assert.NotEmpty(nodes.CachedFolders(1));

        // Not removed but stopped in order, as by a driver that ends: the job's end is told.
        nodes.Nodes.First.Services.Gate.Do(engine => engine.EndJob(nodes.Nodes.First.Driver.Job, "the driver has ended"));
        await Patience.OnThread(
            () => Patience.Until(
                () =>
                {
                    Nodes.Collect();
                    return nodes.LoadedOn(second) is null && !context.IsAlive && nodes.CachedFolders(1).Length == 0;
                },
                () => $"the code was unloaded: entry {nodes.LoadedOn(second) is not null}, context {context.IsAlive}, files {nodes.CachedFolders(1).Length}"),
            "the code's end");
    }

    [Fact]
    public async Task Code_ThatRestartedShardsHaveLost_IsPublishedAgain()
    {
        await using ShippingNodes nodes = ShippingNodes.Start();
        Assert.Equal(1, await nodes.Nodes.Elsewhere.Remote(static () => 1).Soon());
        for (int shard = 0; shard < nodes.Nodes.Nodes.ShardCount; shard++)
        {
            nodes.Nodes.Nodes.RestartShard(shard);
        }

        LocalNode third = nodes.Nodes.Nodes.Add(TwoNodes.Options(1));
        RemoteOptions there = nodes.Nodes.Ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(third.Services.NodeId));
        Assert.Equal("2!", await there.Remote(LaterAsync, 2).Soon());
        Assert.NotNull(nodes.LoadedOn(third)!.Context);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> UseAsync(ShippingNodes nodes)
    {
        RemoteOptions there = nodes.Nodes.Elsewhere;
        Order order = new("o", [1], default);
        Assert.Equal("o!", (await there.Remote(Change, order).Soon()).Name);
        Assert.Equal("1!", await there.Remote(LaterAsync, 1).Soon());
        Assert.Equal(1, await there.Remote(x => x + order.Lines.Count, 0).Soon());
        await Assert.ThrowsAsync<RayTaskException>(() => there.Remote(static (int code) => code > 0 ? throw new Trouble("trouble", code) : code, 5).Soon());
        ActorHandle<Cart> cart = there.Actor(static () => new Cart("x"));
        _ = await cart.Remote(static c => c.Close()).Soon();
        return new WeakReference(nodes.LoadedOn(nodes.Nodes.Second)!.Context);
    }

    private static Order Change(Order order) => order with { Name = order.Name + "!", Lines = [.. order.Lines, 9], Spot = new Spot(order.Spot.X + 1) };

    private static T[] Twice<T>(T value) => [value, value];

    private static async Task<string> LaterAsync(int n)
    {
        await Task.Yield();
        return $"{n}!";
    }

    private sealed record Order(string Name, List<int> Lines, Spot Spot);

    private readonly record struct Spot(int X);

    private sealed class Trouble(string message, int code) : Exception(message)
    {
        public int Code { get; } = code;
    }

    private sealed class Cart(string owner)
    {
        private readonly List<int> _lines = [];

        public void Add(int line) => _lines.Add(line);

        public Order Close() => new(owner, _lines, default);
    }
}
