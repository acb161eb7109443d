namespace RayOrleans.Runtime.Tests.Cluster.Nodes;

/// <summary>Listings put together from all nodes and from the event table.</summary>
public sealed class ClusterListingTests
{
    [Fact]
    public async Task Task_OnTheOtherNode_IsListedOnceOnEveryNode()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        Gate gate = Gate.New();
        ObjectRef<int> running = (nodes.Elsewhere with { Name = "elsewhere" }).Remote(static g => g.Enter(), gate);
        foreach (LocalNode node in nodes.Nodes.Nodes)
        {
            Patience.Until(() => node.Driver.State.Tasks(t => t.Name == "elsewhere" && t.NodeId == nodes.Second.Services.NodeId).Count == 1, "the task was listed where it runs");
            TaskInfo info = Assert.Single(node.Driver.State.Tasks(t => t.Name == "elsewhere"));
            Assert.Equal((TaskState.Running, nodes.Ray.Context.JobId), (info.State, info.JobId));
            Assert.Empty(node.Driver.State.Tasks().Unanswered);
        }

        gate.Open();
        await running.Soon();
        Patience.Until(() => nodes.Ray.State.Tasks(t => t.Name == "elsewhere" && t.State == TaskState.Succeeded).Count == 1, "its end was listed");
        Assert.Single(nodes.Ray.State.Tasks(t => t.Name == "elsewhere"));
    }

    [Fact]
    public async Task Task_ThatFailedOnANodeThatDiedSince_IsStillListed()
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 3);
        LocalNode victim = nodes.Nodes.Nodes[2];
        IRay ray = victim.Driver;
        ObjectRef<int> failed = ray.Options(name: "fails", maxRetries: 0, schedulingStrategy: SchedulingStrategy.NodeAffinity(victim.Services.NodeId))
            .Remote(static int (int x) => throw new FormatException($"{x}"), 5);
        await Assert.ThrowsAsync<RayTaskException>(() => failed.Soon());
        await victim.Services.Cluster!.Events.FlushAsync(wait: true);
        await nodes.Nodes.RemoveAsync(victim);
        foreach (LocalNode node in nodes.Nodes.Nodes)
        {
            TaskInfo info = Assert.Single(node.Driver.State.Tasks(t => t.Name == "fails"));
            Assert.Equal((TaskState.Failed, victim.Services.NodeId, typeof(FormatException).FullName), (info.State, info.NodeId, info.ErrorType));
            Assert.EndsWith("5", info.ErrorMessage, StringComparison.Ordinal);
            NodeInfo dead = Assert.Single(node.Driver.State.Nodes(n => !n.IsAlive));
            Assert.Equal((victim.Services.NodeId, 2.0), (dead.NodeId, dead.Resources["CPU"]));
            Assert.NotNull(dead.DeathReason);
            Assert.Equal(2, node.Driver.Nodes().Count);
        }
    }

    [Fact]
    public async Task Actor_OnTheOtherNode_IsListedWhereItLivesAndAfterItsDeath()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        ActorHandle<Counter> counter = nodes.Elsewhere.Actor(static () => new Counter(0, ""));
        await counter.Remote(static c => c.Add(1)).Soon();
        foreach (LocalNode node in nodes.Nodes.Nodes)
        {
            ActorInfo info = Assert.Single(node.Driver.State.Actors());
            Assert.Equal((ActorState.Alive, nodes.Second.Services.NodeId), (info.State, info.NodeId));
        }

        nodes.Ray.Kill(counter);
        foreach (LocalNode node in nodes.Nodes.Nodes)
        {
            Patience.Until(() => node.Driver.State.Actors(a => a.State == ActorState.Dead && a.DeathReason is not null).Count == 1, "its death was listed");
        }
    }

    [Fact]
    public async Task Object_OnBothNodes_IsListedOnceWithItsPlaces()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        ObjectRef<int[]> large = nodes.Ray.Put(new int[100_000]);
        ObjectRef<int> read = nodes.Elsewhere.Remote(static (int[] a) => a.Length, large);
        Assert.Equal(100_000, await read.Soon());
        Patience.Until(() => nodes.Second.Driver.State.Objects(o => o.ObjectId == large.Id).Count == 1, "the object was listed");
        ObjectInfo info = Assert.Single(nodes.Second.Driver.State.Objects(o => o.ObjectId == large.Id));
        Assert.Contains(nodes.First.Services.NodeId, info.Locations);
        Assert.True(info.SizeBytes >= 400_000);
        GC.KeepAlive(large);
    }

    [Fact]
    public async Task Listing_LargerThanOneCallCarries_IsWhole()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        ObjectRef<int>[] many = [.. Enumerable.Range(0, 4_000).Select(i => nodes.Second.Driver.Put(i))];
        Assert.Equal(4_000, nodes.Ray.State.Objects().Total);
        GC.KeepAlive(many);
    }
}
