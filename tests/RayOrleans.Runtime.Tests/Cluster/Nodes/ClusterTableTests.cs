using System.Text;
using RayOrleans.Runtime.Cluster.InProcess;

namespace RayOrleans.Runtime.Tests.Cluster.Nodes;

/// <summary>What every node of a cluster sees alike: the key-value table, the nodes and their resources.</summary>
public sealed class ClusterTableTests
{
    [Fact]
    public async Task KeyValue_WrittenOnOneNode_IsReadOnTheOther()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        IRayKeyValue here = nodes.Ray.Kv;
        IRayKeyValue there = nodes.Second.Driver.Kv;
        long version = await here.PutTextAsync("a/1", "one");
        Assert.Equal("one", await there.GetTextAsync("a/1"));
        Assert.Null(await there.TryPutAsync("a/1", "two"u8.ToArray(), 0));
        long? second = await there.TryPutAsync("a/1", "two"u8.ToArray(), version);
        Assert.True(second > version);
        Assert.Equal("two", await here.GetTextAsync("a/1"));
        await there.PutTextAsync("a/2", "more");
        Assert.Equal(["a/1", "a/2"], (await here.ListAsync("a/")).Select(e => e.Key));
        Assert.False(await here.DeleteAsync("a/1", version));
        Assert.True(await here.DeleteAsync("a/1", second));
        Assert.Null(await there.GetAsync("a/1"));
    }

    [Fact]
    public async Task KeyValue_CompareAndSetFromTasksOnBothNodes_LosesNoCount()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        RemoteOptions[] on = [.. nodes.Nodes.Nodes.Select(n => nodes.Ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(n.Services.NodeId)))];
        List<ObjectRef<NodeId>> tasks = [.. Enumerable.Range(0, 8).Select(k => on[k % 2].Remote(static async () =>
        {
            for (int i = 0; i < 10;)
            {
                KeyValueEntry? old = await Ray.Kv.GetAsync("count");
                int count = old is null ? 0 : int.Parse(Encoding.UTF8.GetString(old.Value.Span));
                i += await Ray.Kv.TryPutAsync("count", Encoding.UTF8.GetBytes($"{count + 1}"), old?.Version ?? 0) is null ? 0 : 1;
            }

            return Ray.Context.NodeId;
        }))];
        HashSet<NodeId> where = [];
        foreach (ObjectRef<NodeId> task in tasks)
        {
            where.Add(await task.Soon());
        }

        Assert.Equal(2, where.Count);
        Assert.Equal("80", await nodes.Ray.Kv.GetTextAsync("count"));
    }

    [Fact]
    public async Task KeyValue_OfAStoppedNode_SaysSo()
    {
        TwoNodes nodes = TwoNodes.Start();
        IRayKeyValue table = nodes.Ray.Kv;
        await nodes.DisposeAsync();
        await Assert.ThrowsAsync<NodeDiedException>(() => table.GetAsync("a").AsTask());
    }

    [Fact]
    public async Task Nodes_ListsEveryNodeFromEveryNode()
    {
        await using TwoNodes nodes = TwoNodes.Start(options => options.Labels = new Dictionary<string, string> { ["zone"] = "a" }, nodes: 3);
        foreach (LocalNode node in nodes.Nodes.Nodes)
        {
            IReadOnlyList<NodeInfo> all = node.Driver.Nodes();
            Assert.Equal(node.Services.NodeId, all[0].NodeId);
            Assert.Equal(nodes.Nodes.Nodes.Select(n => n.Services.NodeId).ToHashSet(), all.Select(n => n.NodeId).ToHashSet());
            Assert.All(all, n =>
            {
                Assert.True(n.IsAlive);
                Assert.Equal(2, n.Resources["CPU"]);
                Assert.Equal("a", n.Labels["zone"]);
                Assert.True(n.ObjectStoreBytes >= 256L << 20);
                Assert.True(n.StartedAt > DateTimeOffset.UnixEpoch);
            });
            Assert.Equal(6, node.Driver.ClusterResources()["CPU"]);
            Assert.Equal(3, node.Driver.State.Nodes().Total);
        }
    }

    [Fact]
    public async Task Nodes_OnEveryNode_ShowWhatTheOthersStoresHold()
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 3);
        const int Length = 5_000_000;
        ObjectRef<byte[]> made = nodes.Elsewhere.Remote(static length => new byte[length], Length);
        NodeId where = nodes.Second.Services.NodeId;
        foreach (LocalNode node in nodes.Nodes.Nodes)
        {
            Patience.Until(
                () => node.Driver.State.Nodes(n => n.NodeId == where)[0].ObjectStore is { Objects: 1, PrimaryBytes: >= Length, FreeBytes: > 0, LargestFreeBytes: > 0 },
                "the other node's store was listed");
        }

        made.Dispose();
        Patience.Until(() => nodes.Ray.Nodes().Single(n => n.NodeId == where).ObjectStore is { Objects: 0, PrimaryBytes: 0 }, "the object's end was listed");
    }

    [Fact]
    public async Task AvailableResources_FollowWhatRunsOnTheOtherNode()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        Assert.Equal(4, nodes.Ray.AvailableResources()["CPU"]);
        ActorHandle<Held> held = (nodes.Elsewhere with { NumCpus = 1.5 }).Actor(static () => new Held());
        await held.Remote(static h => h.Ready()).Soon();
        Patience.Until(() => nodes.Ray.AvailableResources()["CPU"] == 2.5, "the actor's CPUs are taken");
        Assert.Equal(4, nodes.Ray.ClusterResources()["CPU"]);
        nodes.Ray.Kill(held);
        Patience.Until(() => nodes.Ray.AvailableResources()["CPU"] == 4, "the actor's CPUs are free again");
    }

    [Fact]
    public async Task Nodes_AfterADeath_LeavesTheDeadOut()
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 3);
        Assert.Equal(6, nodes.Ray.ClusterResources()["CPU"]);
        await nodes.Nodes.RemoveAsync(nodes.Second);
        Assert.Equal(2, nodes.Ray.Nodes().Count);
        Assert.Equal(4, nodes.Ray.ClusterResources()["CPU"]);
    }

    private sealed class Held
    {
        public int Ready() => 1;
    }
}
