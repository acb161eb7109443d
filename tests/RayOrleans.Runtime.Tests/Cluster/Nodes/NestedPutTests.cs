namespace RayOrleans.Runtime.Tests.Cluster.Nodes;

/// <summary>What tasks put and return references to outlives the node it was put on: the task runs again.</summary>
public sealed class NestedPutTests
{
    [Fact]
    public async Task NestedPuts_WhoseNodeDied_AreMadeAgainForReferencesTakenBefore()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        await RunAsync(nodes);
        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task TupleOfNestedPuts_OfWhichOneIsLeft_MakesTheOtherAgain()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        await RunTupleAsync(nodes);
        await nodes.IsEmptyAsync();
    }

    [Fact]
    public async Task PlainPut_WhoseNodeDied_SaysWhyItIsLost()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        ObjectRef<ObjectRef<ObjectRef<int[]>>> hidden = Soft(nodes).Remote(static () => Ray.Put(Ray.Put(Values(3))));
        ObjectRef<int[]> inner = await await hidden;
        await nodes.Nodes.RemoveAsync(nodes.Second);

        ObjectLostException lost = await Assert.ThrowsAsync<ObjectLostException>(() => inner.AsTask().WaitAsync(Patience.Limit));

        Assert.Contains("Put", lost.Message, StringComparison.Ordinal);
        Assert.Contains("Durability.Replicated", lost.Message, StringComparison.Ordinal);
    }

    private static async Task RunAsync(TwoNodes nodes)
    {
        ObjectRef<List<ObjectRef<int[]>>> map = Soft(nodes).Remote(static () => Enumerable.Range(0, 4).Select(i => Ray.Put(Values(i))).ToList());
        List<ObjectRef<int[]>> parts = await map.AsTask().WaitAsync(Patience.Limit);
        int[] first = await parts[0].AsTask().WaitAsync(Patience.Limit);
        await nodes.Nodes.RemoveAsync(nodes.Second);
        ObjectRef<int> sum = nodes.Ray.Remote(static (int[] a, int[] b) => a[^1] + b[^1], parts[2], parts[3]);

        Assert.Equal(0, first[^1]);
        Assert.Equal(5, await sum.AsTask().WaitAsync(Patience.Limit));
        for (int i = 0; i < parts.Count; i++)
        {
            Assert.Equal(Values(i), await parts[i].AsTask().WaitAsync(Patience.Limit));
        }

        List<ObjectRef<int[]>> again = await map;
        Assert.Equal(parts, again);
    }

    private static async Task RunTupleAsync(TwoNodes nodes)
    {
        (ObjectRef<ObjectRef<int[]>> a, ObjectRef<ObjectRef<int[]>> b) = Soft(nodes).Remote(static () => (Ray.Put(Values(1)), Ray.Put(Values(2))));
        ObjectRef<int[]> one = await a.AsTask().WaitAsync(Patience.Limit);
        ObjectRef<int[]> two = await b.AsTask().WaitAsync(Patience.Limit);
        Assert.Equal(Values(1), await one.AsTask().WaitAsync(Patience.Limit));
        await nodes.Nodes.RemoveAsync(nodes.Second);

        Assert.Equal(Values(1), await one.AsTask().WaitAsync(Patience.Limit));
        Assert.Equal(Values(2), await two.AsTask().WaitAsync(Patience.Limit));
    }

    private static int[] Values(int value) => Enumerable.Repeat(value, 60_000).ToArray();

    private static RemoteOptions Soft(TwoNodes nodes) =>
        nodes.Ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(nodes.Second.Services.NodeId, soft: true));
}
