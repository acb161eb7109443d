namespace RayOrleans.Runtime.Tests.Cluster.Nodes;

public sealed class TwoNodeTests
{
    [Fact]
    public async Task Task_SentToTheOtherNode_RunsThereAndReturns()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        IRay ray = nodes.Ray;
        ObjectRef<string> where = nodes.Elsewhere.Remote(static () => Ray.Context.NodeId.ToString());
        Assert.Equal(nodes.Second.Services.NodeId.ToString(), await where.AsTask().WaitAsync(Patience.Limit));
        where.Dispose();
        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task Nodes_WhenTheyHaveStarted_KnowEachOther()
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 4);
        NodeId[] expected = [.. nodes.Nodes.Nodes.Select(n => n.Services.NodeId).OrderBy(n => n.Value)];

        Assert.Equal(4, nodes.Ray.Nodes().Count);
        Assert.All(nodes.Nodes.Nodes, node =>
        {
            Assert.Equal(expected, node.Services.Cluster!.Members.Select(m => m.NodeId).OrderBy(n => n.Value));
            Assert.Equal(expected, node.Services.Gate.Do(e => e.Cluster!.Nodes.OrderBy(n => n.Value).ToArray()));
        });
    }

    [Fact]
    public async Task LargeResult_OfTheOtherNode_IsPulled()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        IRay ray = nodes.Ray;
        ObjectRef<long[]> made = nodes.Elsewhere.Remote(static (int n) => Enumerable.Range(0, n).Select(i => (long)i).ToArray(), 500_000);
        long[] value = await made.AsTask().WaitAsync(Patience.Limit);
        Assert.Equal(500_000, value.Length);
        Assert.Equal(499_999, value[^1]);
        made.Dispose();
        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task LargePut_AsArgumentElsewhere_IsPulledThere()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        IRay ray = nodes.Ray;
        ObjectRef<long[]> put = ray.Put(Enumerable.Range(0, 300_000).Select(i => (long)i).ToArray());
        ObjectRef<long> sum = nodes.Elsewhere.Remote(static (long[] a) => a.Sum(), put);
        Assert.Equal(300_000L * 299_999 / 2, await sum.AsTask().WaitAsync(Patience.Limit));
        ObjectRef<long> again = nodes.Elsewhere.Remote(static (long[] a) => a.Sum() + 1, put);
        Assert.Equal((300_000L * 299_999 / 2) + 1, await again.AsTask().WaitAsync(Patience.Limit));
        put.Dispose();
        sum.Dispose();
        again.Dispose();
        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task LargePut_OfTheOtherNode_IsReadThereByATaskThatMayRunAnywhere()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        IRay ray = nodes.Ray;
        ObjectRef<ObjectRef<long[]>> outer = nodes.Elsewhere.Remote(static (int n) => Ray.Put(new long[n]), 500_000);
        ObjectRef<long[]> put = await outer.AsTask().WaitAsync(Patience.Limit);
        ObjectRef<string> where = ray.Remote(static (long[] a) => $"{a.Length} on {Ray.Context.NodeId}", put);
        Assert.Equal($"500000 on {nodes.Second.Services.NodeId}", await where.AsTask().WaitAsync(Patience.Limit));
        Assert.Equal(0, nodes.First.Services.Cluster!.Data.PulledObjects);
    }

    [Fact]
    public async Task LargePut_OfTheOtherNodeWithoutLocality_IsPulledByATaskThatMayRunAnywhere()
    {
        await using TwoNodes nodes = TwoNodes.Start(static options => options.UseLocality = false);
        IRay ray = nodes.Ray;
        ObjectRef<ObjectRef<long[]>> outer = nodes.Elsewhere.Remote(static (int n) => Ray.Put(new long[n]), 500_000);
        ObjectRef<long[]> put = await outer.AsTask().WaitAsync(Patience.Limit);
        ObjectRef<string> where = ray.Remote(static (long[] a) => $"{a.Length} on {Ray.Context.NodeId}", put);
        Assert.Equal($"500000 on {nodes.First.Services.NodeId}", await where.AsTask().WaitAsync(Patience.Limit));
        Assert.Equal(1, nodes.First.Services.Cluster!.Data.PulledObjects);
    }

    [Fact]
    public async Task References_ReturnedFromTheOtherNode_CanBeRead()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        IRay ray = nodes.Ray;
        ObjectRef<List<ObjectRef<int>>> outer = nodes.Elsewhere.Remote(static () =>
            Enumerable.Range(0, 10).Select(i => Ray.Remote(static (int x) => x * x, i)).ToList());
        List<ObjectRef<int>> inner = await outer.AsTask().WaitAsync(Patience.Limit);
        outer.Dispose();
        int sum = 0;
        foreach (ObjectRef<int> item in inner)
        {
            sum += await item.AsTask().WaitAsync(Patience.Limit);
            item.Dispose();
        }

        Assert.Equal(285, sum);
        inner.Clear();
        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task Tuple_FromTheOtherNode_HasItsParts()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        ObjectRef<(int, long[])> pair = nodes.Elsewhere.Remote(static (int n) => (n, new long[n]), 200_000);
        (ObjectRef<int> first, ObjectRef<long[]> second) = pair;
        Assert.Equal(200_000, await first.AsTask().WaitAsync(Patience.Limit));
        Assert.Equal(200_000, (await second.AsTask().WaitAsync(Patience.Limit)).Length);
        pair.Dispose();
        first.Dispose();
        second.Dispose();
        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task Failure_OnTheOtherNode_ComesBackWithItsStack()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        ObjectRef<int> failed = nodes.Elsewhere.Remote(static (int x) => x == 1 ? throw new InvalidOperationException("no ones") : x, 1);
        RayTaskException e = await Assert.ThrowsAsync<RayTaskException>(() => failed.AsTask().WaitAsync(Patience.Limit));
        Assert.Equal("no ones", Assert.IsType<InvalidOperationException>(e.InnerException).Message);
        failed.Dispose();
        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task Actor_OnTheOtherNode_TakesCallsInOrder()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        ActorHandle<Tally> tally = nodes.Elsewhere.Actor(static () => new Tally());
        List<ObjectRef<int>> calls = [.. Enumerable.Range(0, 200).Select(i => tally.Remote(static (t, x) => t.Add(x), i))];
        int[] counts = new int[200];
        for (int i = 0; i < calls.Count; i++)
        {
            counts[i] = await calls[i].AsTask().WaitAsync(Patience.Limit);
            calls[i].Dispose();
        }

        Assert.Equal(Enumerable.Range(0, 200), counts);
        Assert.Equal(nodes.Second.Services.NodeId.ToString(), await tally.Remote(static t => t.Where()).AsTask().WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task Actor_OnTheOtherNode_WhoseHandlesAreGone_LeavesNothing()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        await CallOnceAsync(nodes);
        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task Tasks_ThatWaitForTheOtherNodesTasks_GoOnAtTheBoundOfThreads()
    {
        await using TwoNodes nodes = TwoNodes.Start(o => o.MaxWorkerThreads = 4);
        NodeId first = nodes.First.Services.NodeId;
        NodeId second = nodes.Second.Services.NodeId;
        List<ObjectRef<int>> outer = [];
        for (int i = 0; i < 40; i++)
        {
            (NodeId here, NodeId there) = i % 2 == 0 ? (first, second) : (second, first);
            outer.Add(nodes.Ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(here)).Remote(
                static (NodeId other, int x) => Ray.Get(Ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(other)).Remote(static (int y) => y + 1, x)), there, i));
        }

        for (int i = 0; i < outer.Count; i++)
        {
            Assert.Equal(i + 1, await outer[i].AsTask().WaitAsync(Patience.Limit));
        }
    }

    [Fact]
    public async Task RunningTask_WhoseNodeDies_RunsAgain()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        IRay ray = nodes.Ray;
        RemoteOptions soft = ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(nodes.Second.Services.NodeId, soft: true));
        ObjectRef<string> where = soft.Remote(static () =>
        {
            if (Ray.Context.Attempt == 0)
            {
                Ray.Context.CancellationToken.WaitHandle.WaitOne(TimeSpan.FromSeconds(30));
            }

            return Ray.Context.NodeId.ToString();
        });
        Patience.Until(() => nodes.Second.Services.Gate.Do(e => e.RunningAttempts) == 1, "the task runs");
        await nodes.Nodes.RemoveAsync(nodes.Second);
        Assert.Equal(nodes.First.Services.NodeId.ToString(), await where.AsTask().WaitAsync(Patience.Limit));
    }

    private static async Task CallOnceAsync(TwoNodes nodes)
    {
        ActorHandle<Tally> tally = nodes.Elsewhere.Actor(static () => new Tally());
        using ObjectRef<int> call = tally.Remote(static t => t.Add(0));
        Assert.Equal(0, await call.AsTask().WaitAsync(Patience.Limit));
    }

    internal sealed class Tally
    {
        private int _calls;

        public int Add(int expected) => expected == _calls ? _calls++ : -1;

        public string Where() => Ray.Context.NodeId.ToString();
    }
}
