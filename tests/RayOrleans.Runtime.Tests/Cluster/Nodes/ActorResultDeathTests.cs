namespace RayOrleans.Runtime.Tests.Cluster.Nodes;

/// <summary>Large results of actors whose node dies: the method is called again where the options allow it, else whoever reads them is told why not.</summary>
public sealed class ActorResultDeathTests
{
    private const int Large = 60_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Result_OfAnActorThatMayRestart_IsMadeAgain(bool calledElsewhere)
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 3);
        await LoseAsync(nodes, calledElsewhere);
        await nodes.IsEmptyAsync();
    }

    [Theory]
    [InlineData(0, -1, "maxTaskRetries 0")]
    [InlineData(-1, 0, "maxRestarts 0")]
    public async Task Result_OfWhatMayNotBeRepeated_SaysWhy(int maxTaskRetries, int maxRestarts, string why)
    {
        await using TwoNodes nodes = TwoNodes.Start();
        using ActorHandle<Maker> maker = Make(nodes, maxRestarts, maxTaskRetries);
        using ObjectRef<int[]> made = maker.Remote(static m => m.Make(5));
        await ExistsAsync(nodes, made);
        await nodes.Nodes.RemoveAsync(nodes.Second);

        ObjectReconstructionFailedException error = await Assert.ThrowsAsync<ObjectReconstructionFailedException>(() => made.Soon());

        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    private static async Task LoseAsync(TwoNodes nodes, bool calledElsewhere)
    {
        using ActorHandle<Maker> maker = Make(nodes, maxRestarts: -1, maxTaskRetries: -1);
        using ObjectRef<int[]> argument = nodes.Ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(nodes.Second.Services.NodeId, soft: true)).Remote(static () => Enumerable.Repeat(1, Large).ToArray());
        ObjectRef<int[]> made;
        if (calledElsewhere)
        {
            // The handle is gone from the caller's node when its task has ended.
            RemoteOptions third = nodes.Ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(nodes.Nodes.Nodes[2].Services.NodeId));
            using ObjectRef<List<ObjectRef<int[]>>> refs = third.Remote(static (ActorHandle<Maker> m) => new List<ObjectRef<int[]>> { m.Remote(static a => a.Make(5)) }, maker);
            made = (await refs.Soon())[0];
        }
        else
        {
            made = maker.Remote(static (m, a) => m.Make(a.Length / Large * 5), argument);
        }

        await ExistsAsync(nodes, made);
        await nodes.Nodes.RemoveAsync(nodes.Second);

        // By a new object, which has not been asked before.
        int[] value = await made.Soon();
        Assert.Equal((Large, 5, 1), (value.Length, value[0], value[^1]));
        made.Dispose();
    }

    private static ActorHandle<Maker> Make(TwoNodes nodes, int maxRestarts, int maxTaskRetries) => nodes.Ray.Options(
        schedulingStrategy: SchedulingStrategy.NodeAffinity(nodes.Second.Services.NodeId, soft: true), maxRestarts: maxRestarts, maxTaskRetries: maxTaskRetries).Actor(static () => new Maker());

    /// <summary>It is made, and lies where it was made.</summary>
    private static async Task ExistsAsync(TwoNodes nodes, ObjectRef<int[]> made) =>
        Assert.Equal([0], await nodes.Ray.WaitAnyAsync([made], 1, Patience.Limit, fetchLocal: false, CancellationToken.None));

    internal sealed class Maker
    {
        private int _calls;

        public int[] Make(int first)
        {
            int[] made = new int[Large];
            made[0] = first;
            made[^1] = ++_calls;
            return made;
        }
    }
}
