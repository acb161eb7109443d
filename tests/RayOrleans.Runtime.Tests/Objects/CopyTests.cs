namespace RayOrleans.Runtime.Tests.Objects;

public sealed class CopyTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(200_000)]
    public async Task Value_ChangedAfterItWasPut_IsUnchangedInTheStore(int length)
    {
        await using IRay ray = await Nodes.StartAsync();
        int[] mine = new int[length];
        ObjectRef<int[]> put = ray.Put(mine);
        mine[0] = 9;
        Assert.Equal(0, ray.Get(put)[0]);
        ray.Get(put)[1] = 9;
        Assert.Equal(0, ray.Get(put)[1]);
        Assert.Equal(length, ray.Get(put).Length);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(200_000)]
    public async Task Argument_ChangedByTheTask_IsUnchangedForOthers(int length)
    {
        await using IRay ray = await Nodes.StartAsync();
        int[] mine = new int[length];
        ObjectRef<int[]> put = ray.Put(mine);
        Assert.Equal(1, await ray.Remote(a => ++a[0], mine).Soon());
        Assert.Equal(1, await ray.Remote(a => ++a[0], put).Soon());
        Assert.Equal(1, await ray.Remote(a => ++a[0], put).Soon());
        Assert.Equal(0, mine[0]);
    }

    [Fact]
    public async Task Argument_ChangedAfterTheSubmission_ArrivesAsItWas()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        Gate busy = Gate.New();
        ObjectRef<int> blocker = ray.Remote(g => g.Enter(), busy);
        List<int> list = [1, 2];
        int captured = 1;
        ObjectRef<int> sum = ray.Remote(l => l.Sum(), list);
        ObjectRef<int> closure = ray.Remote(() => captured);
        list.Add(100);
        captured = 100;
        busy.Open();
        Assert.Equal(3, await sum.Soon());
        Assert.Equal(1, await closure.Soon());
        await blocker.Soon();
    }

    [Fact]
    public async Task Captured_ChangedByTheTask_StaysWhereItRan()
    {
        await using IRay ray = await Nodes.StartAsync();
        int counter = 0;
        List<int> list = [];
        await ray.Remote(() =>
        {
            counter++;
            list.Add(1);
        }).Soon();
        Assert.Equal(0, counter);
        Assert.Empty(list);
    }

    [Fact]
    public async Task Instance_WhoseMethodIsCalled_IsACopyThere()
    {
        await using IRay ray = await Nodes.StartAsync();
        Tally tally = new();
        Assert.Equal(5, await ray.Remote(tally.Add, 5).Soon());
        Assert.Equal(5, await ray.Remote(tally.Add, 5).Soon());
        Assert.Equal(0, tally.Total);
    }

    [Fact]
    public async Task Graphs_WithCyclesAndSharing_KeepTheirShape()
    {
        await using IRay ray = await Nodes.StartAsync();
        Person a = new() { Name = "a" };
        Person b = new() { Name = "b", Friend = a };
        a.Friend = b;
        Person got = ray.Get(ray.Put(a));
        Assert.NotSame(a, got);
        Assert.Equal("b", got.Friend!.Name);
        Assert.Same(got, got.Friend.Friend);
        Person returned = await ray.Remote(p => p.Friend!, a).Soon();
        Assert.Equal("a", returned.Friend!.Name);
        Dictionary<string, Animal> zoo = ray.Get(ray.Put(new Dictionary<string, Animal> { ["x"] = new Dog(3), ["y"] = new Cat("m") }));
        Assert.Equal(new Dog(3), zoo["x"]);
        Assert.Equal(new Cat("m"), zoo["y"]);
    }

    [Fact]
    public async Task Delegates_AsValues_AreCallable()
    {
        await using IRay ray = await Nodes.StartAsync();
        int offset = 3;
        ObjectRef<Func<int, int>> function = ray.Put<Func<int, int>>(x => x + offset);
        Assert.Equal(10, await ray.Remote((f, x) => f(x), function, 7).Soon());
        Assert.Equal(4, ray.Get(function)(1));
    }

    public abstract record Animal;

    public sealed record Dog(int Age) : Animal;

    public sealed record Cat(string Mood) : Animal;

    public sealed class Person
    {
        public string Name { get; set; } = "";

        public Person? Friend { get; set; }
    }

    public sealed class Tally
    {
        public int Total { get; private set; }

        public int Add(int n) => Total += n;
    }
}
