namespace RayOrleans.Runtime.Tests.Cluster.Nodes;

/// <summary>Actors that are found by name from other nodes than their own.</summary>
public sealed class NamedActorTests
{
    private const string Space = "tests";

    [Fact]
    public async Task Actor_NamedOnOneNode_IsFoundOnTheOther()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        using ActorHandle<Tally> made = Named(nodes.First, "t", nodes.Second).Actor(static () => new Tally());
        Assert.Equal(1, await made.Remote(static t => t.Add(1)).Soon());
        ActorHandle<Tally> found = nodes.Second.Driver.GetActor<Tally>("t", Space);
        Assert.Equal(made.Id, found.Id);
        Assert.Equal(3, await found.Remote(static t => t.Add(2)).Soon());
        Assert.Equal(nodes.Second.Services.NodeId, await found.Remote(static t => t.Where()).Soon());
        Assert.Throws<ArgumentException>(() => nodes.Second.Driver.GetActor<Tally>("t"));
        Assert.Throws<ArgumentException>(() => nodes.Second.Driver.GetActor<TwoNodeTests.Tally>("t", Space));
    }

    [Fact]
    public async Task Namespace_OfTheJob_TravelsWithItsTasks()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        using ActorHandle<Tally> made = nodes.Ray.Options(name: "t").Actor(static () => new Tally());
        string space = nodes.Ray.Context.Namespace;
        Assert.Equal(space, await nodes.Elsewhere.Remote(static () => Ray.Context.Namespace).Soon());
        Assert.Equal(5, await nodes.Elsewhere.Remote(static async () => await Ray.GetActor<Tally>("t").Remote(static t => t.Add(5))).Soon());
        ActorHandle<Tally> inner = await nodes.Elsewhere.Remote(static () => Ray.Options(name: "inner").Actor(static () => new Tally())).Soon();
        Assert.Equal(inner.Id, nodes.Ray.GetActor<Tally>("inner").Id);
        Assert.Equal(space, await nodes.Elsewhere.Remote(static async () => await Ray.Remote(static () => Ray.Context.Namespace)).Soon());
    }

    [Fact]
    public async Task GetIfExists_FromAllNodesAtOnce_MakesOne()
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 3);
        RemoteOptions spread = nodes.Ray.Options(schedulingStrategy: SchedulingStrategy.Spread);
        List<ObjectRef<ActorHandle<Tally>>> made =
            [.. Enumerable.Range(0, 12).Select(_ => spread.Remote(static () => Ray.Options(name: "one", @namespace: Space, getIfExists: true).Actor(static () => new Tally())))];
        HashSet<ActorId> ids = [];
        foreach (ObjectRef<ActorHandle<Tally>> one in made)
        {
            ActorHandle<Tally> handle = await one.Soon();
            ids.Add(handle.Id);
            _ = await handle.Remote(static t => t.Add(1)).Soon();
        }

        Assert.Single(ids);
        Assert.Equal(12, await nodes.Ray.GetActor<Tally>("one", Space).Remote(static t => t.Add(0)).Soon());
    }

    [Fact]
    public async Task Create_WithANameOfTheOtherNodes_Throws()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        using ActorHandle<Tally> made = Named(nodes.First, "t", nodes.First).Actor(static () => new Tally());
        Assert.Throws<ActorAlreadyExistsException>(() => Named(nodes.Second, "t", nodes.Second).Actor(static () => new Tally()));
        Assert.Equal(1, await made.Remote(static t => t.Add(1)).Soon());
    }

    [Fact]
    public async Task Kill_FromTheOtherNode_FreesTheName()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        using ActorHandle<Tally> made = Named(nodes.First, "t", nodes.First).Actor(static () => new Tally());
        ActorHandle<Tally> found = nodes.Second.Driver.GetActor<Tally>("t", Space);
        Assert.Equal(1, await found.Remote(static t => t.Add(1)).Soon());
        nodes.Second.Driver.Kill(found);
        ActorHandle<Tally>? next = null;
        Patience.Until(() => (next = TryCreate(Named(nodes.Second, "t", nodes.Second))) is not null, "the name was free");
        Assert.NotEqual(made.Id, next!.Id);
        Assert.Equal(2, await nodes.Ray.GetActor<Tally>("t", Space).Remote(static t => t.Add(2)).Soon());
        await Assert.ThrowsAsync<ActorDiedException>(() => made.Remote(static t => t.Add(1)).Soon());
    }

    [Fact]
    public async Task Actor_ThatDiesBetweenFindAndFirstCall_FailsTheCall()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        for (int i = 0; i < 10; i++)
        {
            ActorHandle<Tally> made = Named(nodes.First, "t", i % 2 == 0 ? nodes.First : nodes.Second).Actor(static () => new Tally());
            ActorHandle<Tally> found = nodes.Second.Driver.GetActor<Tally>("t", Space);
            nodes.Ray.Kill(made);
            await Assert.ThrowsAsync<ActorDiedException>(async () =>
            {
                // Those that arrive before the kill are answered.
                while (true)
                {
                    _ = await found.Remote(static t => t.Add(1)).Soon();
                }
            });
            Assert.Throws<ArgumentException>(() => nodes.Second.Driver.GetActor<Tally>("t", Space));
        }
    }

    [Fact]
    public async Task DetachedActor_OutlivesItsCreatorsNode_ThoughNobodyHoldsIt()
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 3);
        LocalNode creator = nodes.Nodes.Nodes[2];
        await UseAsync(Named(creator, "lasting", nodes.Second, ActorLifetime.Detached), 7);
        await nodes.Nodes.RemoveAsync(creator);
        await IsTakenOverAsync(nodes);
        Assert.Equal(8, await nodes.Ray.GetActor<Tally>("lasting", Space).Remote(static t => t.Add(1)).Soon());

        // Whoever manages it now, it can be killed, and its name is free then.
        nodes.Ray.Kill(nodes.Ray.GetActor<Tally>("lasting", Space));
        Patience.Until(() => TryCreate(Named(nodes.First, "lasting", nodes.First)) is not null, "the name was free");
    }

    [Fact]
    public async Task DetachedActor_WhoseManagerAndHostDie_StartsAgainElsewhere()
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 4);
        LocalNode host = nodes.Nodes.Nodes[2];
        LocalNode creator = nodes.Nodes.Nodes[3];
        RemoteOptions soft = creator.Driver.Options(
            name: "lasting", @namespace: Space, lifetime: ActorLifetime.Detached, maxRestarts: 2, schedulingStrategy: SchedulingStrategy.NodeAffinity(host.Services.NodeId, soft: true));
        await UseAsync(soft, 7);
        await nodes.Nodes.RemoveAsync(creator);
        await IsTakenOverAsync(nodes);
        Assert.Equal(host.Services.NodeId, await nodes.Ray.GetActor<Tally>("lasting", Space).Remote(static t => t.Where()).Soon());
        await nodes.Nodes.RemoveAsync(host);

        // The call may find it restarting, or be on the node when that dies.
        int sum = -1;
        await Patience.OnThread(
            () => Patience.Until(() => (sum = TryCall(nodes.Second.Driver)) >= 0, "the actor answers again"),
            "the restarted actor");
        Assert.Equal(1, sum);
    }

    [Fact]
    public async Task NamedActor_EndsWithItsJob_AndItsNameIsFree()
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 3);
        LocalNode creator = nodes.Nodes.Nodes[2];
        await UseAsync(Named(creator, "ending", nodes.Second), 7);
        ActorHandle<Tally> found = nodes.Ray.GetActor<Tally>("ending", Space);
        Assert.Equal(8, await found.Remote(static t => t.Add(1)).Soon());
        await nodes.Nodes.RemoveAsync(creator);
        await Assert.ThrowsAsync<ActorDiedException>(async () =>
        {
            while (true)
            {
                _ = await found.Remote(static t => t.Add(1)).Soon();
            }
        });
        Patience.Until(() => TryCreate(Named(nodes.First, "ending", nodes.First)) is not null, "the name was free");
    }

    [Fact]
    public async Task Name_ThatARestartedShardHasLost_IsGivenAgain()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        using ActorHandle<Tally> made = Named(nodes.First, "t", nodes.First).Actor(static () => new Tally());
        Assert.Equal(1, await made.Remote(static t => t.Add(1)).Soon());
        for (int shard = 0; shard < nodes.Nodes.ShardCount; shard++)
        {
            nodes.Nodes.RestartShard(shard);
        }

        await Patience.OnThread(
            () => Patience.Until(() => TryGet(nodes.Second.Driver, "t") is { } found && found.Id == made.Id, "the name is there again"),
            "the name");
        Assert.Equal(2, await nodes.Second.Driver.GetActor<Tally>("t", Space).Remote(static t => t.Add(1)).Soon());
    }

    [Fact]
    public async Task GetActor_WhileShardsRestart_AnswersAlways()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        using ActorHandle<Tally> made = Named(nodes.First, "t", nodes.First).Actor(static () => new Tally());
        using CancellationTokenSource ended = new();
        Task restarts = Task.Run(() =>
        {
            for (int i = 0; !ended.IsCancellationRequested; i++)
            {
                nodes.Nodes.RestartShard(i % nodes.Nodes.ShardCount);
                Thread.Yield();
            }
        });
        int answers = await Patience.OnThread(
            () => Enumerable.Range(0, 40).Count(i =>
            {
                using ActorHandle<Tally>? found = TryGet(nodes.Second.Driver, i % 2 == 0 ? "t" : "nobody");
                return found is null || found.Id == made.Id;
            }),
            "forty answers");
        await ended.CancelAsync();
        await restarts;
        Assert.Equal(40, answers);
    }

    private static RemoteOptions Named(LocalNode creator, string name, LocalNode host, ActorLifetime lifetime = ActorLifetime.Default) =>
        creator.Driver.Options(name: name, @namespace: Space, lifetime: lifetime, schedulingStrategy: SchedulingStrategy.NodeAffinity(host.Services.NodeId));

    /// <summary>Makes an actor, uses it, and lets every handle go.</summary>
    private static async Task UseAsync(RemoteOptions options, int add)
    {
        ActorHandle<Tally> made = options.Actor(static () => new Tally());
        Assert.Equal(add, await made.Remote(static (t, x) => t.Add(x), add).Soon());
        if (options.Lifetime == ActorLifetime.Detached)
        {
            made.Dispose();
        }
    }

    /// <summary>Until a living node manages it.</summary>
    private static Task IsTakenOverAsync(TwoNodes nodes) => Patience.OnThread(
        () => Patience.Until(
            () => nodes.Nodes.Nodes.Any(n => n.Services.Gate.Do(e => e.Actors.Any(a => a is { Options.Name: "lasting", IsManagedElsewhere: false, State: Core.ActorState.Alive }))),
            "the actor has a manager again"),
        "a manager");

    private static ActorHandle<Tally>? TryCreate(RemoteOptions options)
    {
        try
        {
            return options.Actor(static () => new Tally());
        }
        catch (ActorAlreadyExistsException)
        {
            return null;
        }
    }

    private static ActorHandle<Tally>? TryGet(IRay ray, string name)
    {
        try
        {
            return ray.GetActor<Tally>(name, Space);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static int TryCall(IRay ray)
    {
        try
        {
            return ray.Get(ray.GetActor<Tally>("lasting", Space).Remote(static t => t.Add(1)), Patience.Limit);
        }
        catch (ActorUnavailableException)
        {
            return -1;
        }
    }

    internal sealed class Tally
    {
        private int _sum;

        public int Add(int x) => _sum += x;

        public NodeId Where() => Ray.Context.NodeId;
    }
}
