namespace RayOrleans.Runtime.Tests.Cluster.Nodes;

/// <summary>What a job's finished tasks keep in memory is bounded; what cannot be made again for that says so.</summary>
public sealed class LineageBoundTests
{
    private const long Bound = 64 << 10;

    [Fact]
    public async Task Chain_OfWhichOnlyTheLastReferenceIsHeld_StaysWithinTheBound()
    {
        const int Length = 20_000;
        await using TwoNodes nodes = TwoNodes.Start(o => o.MaxLineageBytes = Bound);
        ObjectRef<int> last = nodes.Ray.Remote(static (int n) => n, 0);
        for (int i = 0; i < Length; i++)
        {
            ObjectRef<int> next = nodes.Ray.Remote(static (int n) => n + 1, last);
            last.Dispose();
            last = next;
        }

        Assert.Equal(Length, await last.AsTask().WaitAsync(Patience.Limit));
        JobInfo job = Assert.Single((await nodes.Ray.State.JobsAsync()), j => j.LineageBytes > 0);
        Assert.InRange(job.LineageBytes, 1, Bound);
        Assert.InRange(nodes.First.Services.Gate.Do(e => e.LiveObjects), 1, Length / 10);
        last.Dispose();
        await nodes.IsEmptyAsync();
        Assert.All((await nodes.Ray.State.JobsAsync()), j => Assert.Equal(0, j.LineageBytes));
    }

    [Fact]
    public async Task LostResult_WhoseLineageWasEvicted_SaysSo_AndALaterOneIsMadeAgain()
    {
        await using TwoNodes nodes = TwoNodes.Start(o => o.MaxLineageBytes = Bound);
        RemoteOptions soft = nodes.Ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(nodes.Second.Services.NodeId, soft: true));
        ObjectRef<int[]> first = soft.Remote(static (int n) => Enumerable.Repeat(n, 60_000).ToArray(), 1);
        await nodes.Ray.WaitAnyAsync([first], 1, Patience.Limit, fetchLocal: false, CancellationToken.None);
        List<ObjectRef<int>> others = [.. Enumerable.Range(0, 1_000).Select(i => nodes.Ray.Remote(static (int n) => n, i))];
        foreach (ObjectRef<int> other in others)
        {
            _ = await other.AsTask().WaitAsync(Patience.Limit);
        }

        ObjectRef<int[]> last = soft.Remote(static (int n) => Enumerable.Repeat(n, 60_000).ToArray(), 2);
        await nodes.Ray.WaitAnyAsync([last], 1, Patience.Limit, fetchLocal: false, CancellationToken.None);
        await nodes.Nodes.RemoveAsync(nodes.Second);

        ObjectLostException lost = await Assert.ThrowsAnyAsync<ObjectLostException>(() => first.AsTask().WaitAsync(Patience.Limit));
        Assert.Contains("lineage evicted", lost.Message, StringComparison.Ordinal);
        Assert.Contains(Bound.ToString(System.Globalization.CultureInfo.InvariantCulture), lost.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await last.AsTask().WaitAsync(Patience.Limit))[^1]);
    }
}
