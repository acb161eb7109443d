namespace RayOrleans.Runtime.Tests.Tasks;

public sealed class ShapeTests
{
    [Fact]
    public async Task Function_OfEachShape_GivesItsResult()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate done = Gate.New();
        Assert.Equal(3, ray.Get(ray.Remote(Add, 1, 2), Patience.Limit));
        Assert.Equal(3, ray.Get(ray.Remote(AddAsync, 1, 2), Patience.Limit));
        Assert.Equal(3, ray.Get(ray.Remote(AddValueAsync, 1, 2), Patience.Limit));
        await ray.Remote(Note, done).Soon();
        Assert.Equal(1, done.Arrivals);
        await ray.Remote(NoteAsync, done).Soon();
        Assert.Equal(2, done.Arrivals);
        await ray.Remote(NoteValueAsync, done).Soon();
        Assert.Equal(3, done.Arrivals);
    }

    [Fact]
    public async Task Function_OfEachAsynchronousShapeThatCompletesAtOnce_GivesItsResult()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate done = Gate.New();
        Assert.Equal(3, ray.Get(ray.Remote((int a) => Task.FromResult(a + 1), 2), Patience.Limit));
        Assert.Equal(3, ray.Get(ray.Remote((int a) => ValueTask.FromResult(a + 1), 2), Patience.Limit));
        await ray.Remote(g =>
        {
            g.Arrive();
            return Task.CompletedTask;
        }, done).Soon();
        await ray.Remote(g =>
        {
            g.Arrive();
            return ValueTask.CompletedTask;
        }, done).Soon();
        Assert.Equal(2, done.Arrivals);
    }

    [Fact]
    public async Task Function_OfEachKind_IsCalled()
    {
        await using IRay ray = await Nodes.StartAsync();
        int offset = 40;
        int Local(int a) => a + 1;
        int Capturing(int a) => a + offset;
        Scaler scaler = new(10);
        Assert.Equal(2, ray.Get(ray.Remote(Local, 1), Patience.Limit));
        Assert.Equal(41, ray.Get(ray.Remote(Capturing, 1), Patience.Limit));
        Assert.Equal(42, ray.Get(ray.Remote(x => x + offset, 2), Patience.Limit));
        Assert.Equal(2, ray.Get(ray.Remote(x => x + 1, 1), Patience.Limit));
        Assert.Equal(30, ray.Get(ray.Remote(scaler.Scale, 3), Patience.Limit));
        Assert.Equal("System.Int32: 7", ray.Get(ray.Remote(Describe<int>, 7), Patience.Limit));
        Assert.Equal("System.String: x", ray.Get(ray.Remote(Describe<string>, "x"), Patience.Limit));
    }

    [Fact]
    public async Task Options_AsTargetOfEachShape_ReachTheTask()
    {
        await using IRay ray = await Nodes.StartAsync();
        RemoteOptions named = ray.Options(name: "mine");
        Assert.Equal("mine", ray.Get(named.Remote(() => Ray.Context.TaskName), Patience.Limit));
        Assert.Equal("mine", ray.Get(named.Remote(async () =>
        {
            await Task.Yield();
            return Ray.Context.TaskName;
        }), Patience.Limit));
    }

    [Fact]
    public async Task Options_OfTheStaticFacadeMadeBeforeInit_Work()
    {
        RemoteOptions options = Ray.Options(name: "early");
        await using IRay ray = await Nodes.StartAsync();
        using (Ray.Use(ray))
        {
            Assert.Equal("early", Ray.Get(options.Remote(() => Ray.Context.TaskName), Patience.Limit));
        }
    }

    [Fact]
    public async Task StaticFacade_InsideATask_IsItsNode()
    {
        await using IRay ray = await Nodes.StartAsync();
        NodeId node = ray.Nodes()[0].NodeId;
        Assert.Equal(node, ray.Get(ray.Remote(() => Ray.Nodes()[0].NodeId), Patience.Limit));
        Assert.Equal(node, ray.Get(ray.Remote(async () =>
        {
            await Task.Yield();
            return await Task.Run(() => Ray.Nodes()[0].NodeId);
        }), Patience.Limit));
    }

    [Fact]
    public async Task Map_OverASource_KeepsItsOrder()
    {
        await using IRay ray = await Nodes.StartAsync();
        IReadOnlyList<ObjectRef<int>> squares = ray.Map(Enumerable.Range(0, 100), x => x * x);
        Assert.Equal(Enumerable.Range(0, 100).Select(x => x * x), ray.Get(squares, Patience.Limit));
    }

    [Fact]
    public async Task AsyncVoidLikeBody_ThatAwaits_NeverRunsOnTheDotNetPool()
    {
        await using IRay ray = await Nodes.StartAsync();
        bool[] pool = await ray.Remote(async () =>
        {
            bool before = Thread.CurrentThread.IsThreadPoolThread;
            await Task.Yield();
            bool between = Thread.CurrentThread.IsThreadPoolThread;
            await Task.Run(() => { });
            return new[] { before, between, Thread.CurrentThread.IsThreadPoolThread };
        }).Soon();
        Assert.Equal([false, false, false], pool);
    }

    private static int Add(int a, int b) => a + b;

    private static async Task<int> AddAsync(int a, int b)
    {
        await Task.Yield();
        return a + b;
    }

    private static async ValueTask<int> AddValueAsync(int a, int b)
    {
        await Task.Yield();
        return a + b;
    }

    private static void Note(Gate gate) => gate.Arrive();

    private static async Task NoteAsync(Gate gate)
    {
        await Task.Yield();
        gate.Arrive();
    }

    private static async ValueTask NoteValueAsync(Gate gate)
    {
        await Task.Yield();
        gate.Arrive();
    }

    private static string Describe<T>(T value) => $"{typeof(T)}: {value}";

    private sealed class Scaler(int factor)
    {
        public int Scale(int value) => value * factor;
    }
}
