using RayOrleans.Core;

namespace RayOrleans.Runtime.Tests.Cluster.Nodes;

/// <summary>What is put with <see cref="Durability.Replicated"/> outlives the node that put it, and is gone everywhere with its last reference.</summary>
public sealed class ReplicatedPutTests
{
    private const int Large = 60_000;

    [Theory]
    [InlineData(Large)]
    [InlineData(3)]
    public async Task ReplicatedPut_WhoseNodeDied_IsReadByWhoeverHasAReference(int length)
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 3);
        await DieAsync(nodes, length);
        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task ReplicatedPut_OfImmutableValuesAndNull_OutlivesItsNode()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        (ObjectRef<ObjectRef<int>> number, ObjectRef<ObjectRef<string?>> nothing) = Elsewhere(nodes).Remote(static () => (Ray.Put(42, Durability.Replicated), Ray.Put<string?>(null, Durability.Replicated)));
        ObjectRef<int> a = await Soon(number);
        ObjectRef<string?> b = await Soon(nothing);
        await nodes.Nodes.RemoveAsync(nodes.Second);

        Assert.Equal(42, await Soon(a));
        Assert.Null(await Soon(b));
    }

    [Fact]
    public async Task ReplicatedPut_NestedInAnother_OutlivesItsNodeWithIt()
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 3);
        await NestAsync(nodes);
        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task ReplicatedPut_WhoseNodesDieOneAfterTheOther_IsKeptByTwoAgain()
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 4);
        await DieOneAfterTheOtherAsync(nodes);
        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task ReplicatedPut_IsThereAsAnArgumentOfTasksQueuedBefore()
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 3);
        await QueueAsync(nodes);
        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task LostResult_OfAReplicatedPutThatNobodyHoldsAnyMore_IsMadeFromIt()
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 3);
        await RebuildAsync(nodes);
        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task ReplicatedPut_Disposed_IsGoneAtItsKeepersToo()
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 3);
        ObjectRef<int[]> put = await nodes.Ray.PutAsync(Values(1, Large), Durability.Replicated);
        Assert.Equal(2, Copies(nodes, put.Id));
        put.Dispose();

        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task ReplicatedPut_Freed_IsGoneAtItsKeepersToo()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        ObjectRef<int[]> put = nodes.Ray.Put(Values(1, Large), Durability.Replicated);
        ObjectId id = put.Id;
        nodes.Ray.Free(put);

        await Patience.OnThread(() => Patience.Until(() => Copies(nodes, id) == 0, () => nodes.Describe(id)), "no copy of what was freed");
        await Assert.ThrowsAsync<ObjectLostException>(() => Soon(put));
    }

    [Fact]
    public async Task ReplicatedPut_OfADriverThatIsGone_IsDropped()
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 3);
        LocalNode driver = nodes.Nodes.Add(TwoNodes.Options(1));
        ObjectRef<int[]> put = driver.Driver.Put(Values(1, Large), Durability.Replicated);
        Assert.Equal(2, Copies(nodes, put.Id));
        await nodes.Nodes.RemoveAsync(driver);

        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task ReplicatedPut_HeldByADetachedActor_OutlivesItsJobAndItsNode()
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 3);
        LocalNode driver = nodes.Nodes.Add(TwoNodes.Options(1));
        await GiveAsync(driver, nodes.Second);
        await nodes.Nodes.RemoveAsync(driver);

        ActorHandle<Keeper> keeper = nodes.Ray.GetActor<Keeper>("keeper", "replicated");
        Assert.Equal(9, await keeper.Remote(static k => k.Read()).Soon());
        nodes.Ray.Kill(keeper);
        keeper.Dispose();
        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task ReplicatedPut_WhileTheNodeIsAlone_IsReplicatedWhenOneJoins()
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 1);
        ObjectRef<int[]> put = nodes.Ray.Put(Values(7, 3), Durability.Replicated);
        Assert.Equal(1, Copies(nodes, put.Id));
        nodes.Nodes.Add(TwoNodes.Options(1));

        await Patience.OnThread(() => Patience.Until(() => Copies(nodes, put.Id) == 2, () => nodes.Describe(put.Id)), "a second copy");
        Assert.Equal(7, (await Soon(put))[^1]);
    }

    [Fact]
    public async Task ReplicatedPut_AfterAShardHasLostEverything_IsStillKeptByTwo()
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 3);
        await LoseShardsAsync(nodes);
        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task ReplicatedPut_TooLargeForEveryOtherNode_EndsWhenItsCallerGivesUp()
    {
        await using TwoNodes nodes = TwoNodes.Start(o => o.ObjectStoreBytes = 16L << 20);
        LocalNode large = nodes.Nodes.Add(new RayOptions { CpusPerNode = 2, ObjectStoreBytes = 64L << 20 });
        using CancellationTokenSource patience = new();
        ValueTask<ObjectRef<byte[]>> put = large.Driver.PutAsync(new byte[30 << 20], Durability.Replicated, patience.Token);
        Assert.False(put.IsCompleted);
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put.AsTask());
        await nodes.IsEmptyAsync();
    }

    private static async Task DieAsync(TwoNodes nodes, int length)
    {
        ObjectRef<ObjectRef<int[]>> hidden = Elsewhere(nodes).Remote(static (int n) => Ray.Put(Values(3, n), Durability.Replicated), length);
        ObjectRef<int[]> put = await Soon(hidden);
        hidden.Dispose();
        await nodes.Nodes.RemoveAsync(nodes.Second);

        Assert.Equal(3, (await Soon(put))[^1]);
        ObjectRef<int> sum = nodes.Ray.Options(schedulingStrategy: SchedulingStrategy.Spread).Remote(static (int[] a) => a[0], put);
        Assert.Equal(3, await Soon(sum));
    }

    private static async Task GiveAsync(LocalNode driver, LocalNode host)
    {
        using ActorHandle<Keeper> keeper = driver.Driver.Options(
            name: "keeper", @namespace: "replicated", lifetime: ActorLifetime.Detached, schedulingStrategy: SchedulingStrategy.NodeAffinity(host.Services.NodeId)).Actor(static () => new Keeper());
        using ObjectRef<int[]> put = driver.Driver.Put(Values(9, Large), Durability.Replicated);
        List<ObjectRef<int[]>> kept = [put];
        Assert.Equal(1, await keeper.Remote(static (k, list) => k.Keep(list), kept).Soon());
    }

    private static async Task NestAsync(TwoNodes nodes)
    {
        ObjectRef<ObjectRef<List<ObjectRef<int[]>>>> hidden = Elsewhere(nodes).Remote(static () =>
            Ray.Put(Enumerable.Range(0, 3).Select(i => Ray.Put(Values(i, i == 1 ? 3 : Large), Durability.Replicated)).ToList(), Durability.Replicated));
        ObjectRef<List<ObjectRef<int[]>>> outer = await Soon(hidden);
        hidden.Dispose();
        await nodes.Nodes.RemoveAsync(nodes.Second);

        List<ObjectRef<int[]>> inner = await Soon(outer);
        for (int i = 0; i < inner.Count; i++)
        {
            Assert.Equal(i, (await Soon(inner[i]))[^1]);
        }
    }

    private static async Task DieOneAfterTheOtherAsync(TwoNodes nodes)
    {
        ObjectRef<ObjectRef<int[]>> hidden = Elsewhere(nodes).Remote(static () => Ray.Put(Values(5, Large), Durability.Replicated));
        ObjectRef<int[]> put = await Soon(hidden);
        hidden.Dispose();
        for (int deaths = 0; deaths < 2; deaths++)
        {
            LocalNode keeper = nodes.Nodes.Nodes.First(n => n != nodes.First && HasCopy(n, put.Id));
            await nodes.Nodes.RemoveAsync(keeper);
            await Patience.OnThread(() => Patience.Until(() => Copies(nodes, put.Id) == 2, () => nodes.Describe(put.Id)), "two copies again");
        }

        Assert.Equal(5, (await Soon(put))[^1]);
    }

    private static async Task QueueAsync(TwoNodes nodes)
    {
        ObjectRef<ObjectRef<int[]>> hidden = Elsewhere(nodes).Remote(static () => Ray.Put(Values(2, Large), Durability.Replicated));
        ObjectRef<int[]> put = await Soon(hidden);
        hidden.Dispose();
        using SemaphoreSlim gate = new(0);
        Gates[nodes.First.Services.NodeId] = gate;
        ObjectRef<bool> opened = nodes.Ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(nodes.First.Services.NodeId)).Remote(static (string id) => WaitFor(id), nodes.First.Services.NodeId.ToString());
        List<ObjectRef<int>> sums = [.. Enumerable.Range(0, 10).Select(i => nodes.Ray.Options(schedulingStrategy: SchedulingStrategy.Spread, maxRetries: -1).Remote(static (bool _, int[] a, int x) => a[0] + x, opened, put, i))];
        put.Dispose();
        await nodes.Nodes.RemoveAsync(nodes.Second);
        gate.Release();

        for (int i = 0; i < sums.Count; i++)
        {
            Assert.Equal(2 + i, await Soon(sums[i]));
        }
    }

    private static async Task RebuildAsync(TwoNodes nodes)
    {
        ObjectRef<int[]> put = nodes.Ray.Put(Values(4, 3), Durability.Replicated);
        ObjectRef<int[]> result = Elsewhere(nodes).Remote(static (int[] a) => Values(a[0] + 1, Large), put);
        Assert.True((await nodes.Ray.WaitAnyAsync([result], 1, Patience.Limit, fetchLocal: false, CancellationToken.None)).Count == 1);
        put.Dispose();
        await nodes.Nodes.RemoveAsync(nodes.Second);

        Assert.Equal(5, (await Soon(result))[^1]);
    }

    private static async Task LoseShardsAsync(TwoNodes nodes)
    {
        ObjectRef<ObjectRef<int[]>> hidden = Elsewhere(nodes).Remote(static () => Ray.Put(Values(6, 3), Durability.Replicated));
        ObjectRef<int[]> put = await Soon(hidden);
        hidden.Dispose();
        for (int shard = 0; shard < nodes.Nodes.ShardCount; shard++)
        {
            nodes.Nodes.RestartShard(shard);
        }

        await nodes.Nodes.RemoveAsync(nodes.Second);
        await Patience.OnThread(() => Patience.Until(() => Copies(nodes, put.Id) == 2, () => nodes.Describe(put.Id)), "two copies again");
        Assert.Equal(6, (await Soon(put))[^1]);
    }

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<NodeId, SemaphoreSlim> Gates = new();

    private static bool WaitFor(string node) => Gates.Single(g => g.Key.ToString() == node).Value.Wait(Patience.Limit);

    private static int[] Values(int value, int length) => Enumerable.Repeat(value, length).ToArray();

    private static int Copies(TwoNodes nodes, ObjectId id) => nodes.Nodes.Nodes.Count(n => HasCopy(n, id));

    private static bool HasCopy(LocalNode node, ObjectId id) => node.Services.Gate.Do(engine => engine.Entries().Any(e => e.Id == id && e is { Status: ObjectStatus.Available, Value: StoreValue }));

    private static RemoteOptions Elsewhere(TwoNodes nodes) =>
        nodes.Ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(nodes.Second.Services.NodeId, soft: true));

    private static Task<T> Soon<T>(ObjectRef<T> reference) => reference.AsTask().WaitAsync(Patience.Limit);

    private sealed class Keeper
    {
        private List<ObjectRef<int[]>> _kept = [];

        public int Keep(List<ObjectRef<int[]>> kept)
        {
            _kept = kept;
            return _kept.Count;
        }

        public int Read() => Ray.Get(_kept[0])[^1];
    }
}
