namespace RayOrleans.Runtime.Tests;

public sealed class ActorNameTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task GetActor_ByName_ReachesTheSameActor(int nodes)
    {
        await using IRay ray = await TestNode.StartAsync(configure: o => o.Nodes = nodes);
        using ActorHandle<Counter> made = ray.Options(name: "stats").Actor(() => new Counter(3));
        ActorHandle<Counter> found = ray.GetActor<Counter>("stats");

        Assert.Equal(made, found);
        Assert.Equal(made.GetHashCode(), found.GetHashCode());
        Assert.Equal(4, await found.Remote(c => c.Add(1)).Within("the call"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Names_InTwoNamespaces_AreDistinct(int nodes)
    {
        await using IRay ray = await TestNode.StartAsync(configure: o => o.Nodes = nodes);
        using ActorHandle<Counter> one = ray.Options(name: "a", @namespace: "one").Actor(() => new Counter(1));
        using ActorHandle<Counter> two = ray.Options(name: "a", @namespace: "two").Actor(() => new Counter(2));

        Assert.Equal(1, await ray.GetActor<Counter>("a", "one").Remote(c => c.Value()).Within("the first"));
        Assert.Equal(2, await ray.GetActor<Counter>("a", "two").Remote(c => c.Value()).Within("the second"));
        Assert.Throws<ArgumentException>(() => ray.GetActor<Counter>("a", "three"));
        Assert.Throws<ArgumentException>(() => ray.GetActor<Counter>("a"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("nobody")]
    public async Task GetActor_UnknownOrEmptyName_Throws(string? name)
    {
        await using IRay ray = await TestNode.StartAsync();
        Assert.ThrowsAny<ArgumentException>(() => ray.GetActor<Counter>(name!));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task GetActor_OfAnotherClass_SaysSo(int nodes)
    {
        await using IRay ray = await TestNode.StartAsync(configure: o => o.Nodes = nodes);
        using ActorHandle<Counter> made = ray.Options(name: "c").Actor(() => new Counter(0));
        ArgumentException error = Assert.Throws<ArgumentException>(() => ray.GetActor<Other>("c"));
        Assert.Contains("Counter", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Create_NameTaken_Throws(int nodes)
    {
        await using IRay ray = await TestNode.StartAsync(configure: o => o.Nodes = nodes);
        using ActorHandle<Counter> made = ray.Options(name: "c").Actor(() => new Counter(0));
        ActorAlreadyExistsException error = Assert.Throws<ActorAlreadyExistsException>(() => ray.Options(name: "c").Actor(() => new Counter(1)));
        Assert.Contains("'c'", error.Message.Replace('"', '\''), StringComparison.Ordinal);
        Assert.Equal(0, await made.Remote(c => c.Value()).Within("the first actor"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Create_GetIfExists_GivesTheExistingOneAndKeepsItAlive(int nodes)
    {
        await using IRay ray = await TestNode.StartAsync(configure: o => o.Nodes = nodes);
        RemoteOptions options = ray.Options(name: "c", getIfExists: true);
        ActorHandle<Counter> first = options.Actor(() => new Counter(5));
        using ActorHandle<Counter> second = options.Actor(() => new Counter(50));

        Assert.Equal(first, second);
        first.Dispose();
        Assert.Equal(6, await second.Remote(c => c.Add(1)).Within("a call after the first handle is gone"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Create_GetIfExistsFromManyThreads_MakesOne(int nodes)
    {
        await using IRay ray = await TestNode.StartAsync(configure: o => o.Nodes = nodes);
        RemoteOptions options = ray.Options(name: "one", getIfExists: true);
        ActorHandle<Counter>[] handles = new ActorHandle<Counter>[8];
        await Parallel.ForAsync(0, handles.Length, (i, _) =>
        {
            handles[i] = options.Actor(() => new Counter(0));
            return ValueTask.CompletedTask;
        });

        Assert.Single(handles.Select(h => h.Id).Distinct());
        foreach (ActorHandle<Counter> handle in handles)
        {
            await handle.Remote(c => c.Add(1)).Within("a call");
        }

        Assert.Equal(8, await handles[0].Remote(c => c.Value()).Within("the sum"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Name_AfterKill_IsFree(int nodes)
    {
        await using IRay ray = await TestNode.StartAsync(configure: o => o.Nodes = nodes);
        ActorHandle<Counter> first = ray.Options(name: "c").Actor(() => new Counter(1));
        ray.Kill(first);
        using ActorHandle<Counter> second = ray.Options(name: "c").Actor(() => new Counter(2));
        Assert.Equal(2, await second.Remote(c => c.Value()).Within("the second actor"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Name_AfterScopeEnd_IsFree(int nodes)
    {
        await using IRay ray = await TestNode.StartAsync(configure: o => o.Nodes = nodes);
        string disposed = Signal.NewName();
        ActorHandle<Counter> first = ray.Options(name: "c").Actor(n => new Counter(1, n), disposed);
        Assert.Equal(1, await first.Remote(c => c.Value()).Within("the first actor"));
        first.Dispose();
        await Signal.Of(disposed).WaitAsync("the actor was disposed of");
        Assert.Throws<ArgumentException>(() => ray.GetActor<Counter>("c"));
        using ActorHandle<Counter> second = ray.Options(name: "c").Actor(() => new Counter(2));
        Assert.Equal(2, await second.Remote(c => c.Value()).Within("the second actor"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task GetActor_Handle_IsWeak(int nodes)
    {
        await using IRay ray = await TestNode.StartAsync(configure: o => o.Nodes = nodes);
        string disposed = Signal.NewName();
        ActorHandle<Counter> made = ray.Options(name: "c").Actor(n => new Counter(1, n), disposed);
        ActorHandle<Counter> weak = ray.GetActor<Counter>("c");
        Assert.Equal(1, await weak.Remote(c => c.Value()).Within("a call"));

        made.Dispose();
        await Signal.Of(disposed).WaitAsync("the actor was disposed of though a weak handle is left");
        ActorDiedException error = await weak.Remote(c => c.Value()).Throws<ActorDiedException>("a call of the ended actor");
        Assert.Contains("scope", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task GetActor_InsideTask_UsesTheJobsNamespace(int nodes)
    {
        await using IRay ray = await TestNode.StartAsync(configure: o => o.Nodes = nodes);
        using ActorHandle<Counter> made = ray.Options(name: "c").Actor(() => new Counter(9));
        ObjectRef<int> value = ray.Remote(static () => Ray.Get(Ray.GetActor<Counter>("c").Remote(c => c.Value())));
        Assert.Equal(9, await value.Within("the task"));
    }

    private sealed class Other;
}
