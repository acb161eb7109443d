using System.Globalization;

namespace RayOrleans.Runtime.Tests.Cluster.Nodes;

/// <summary>A node dies in the middle of nested tasks, references on their way and actors; the answers are right and nothing is left.</summary>
public sealed class NodeDeathTests
{
    /// <summary>RAY_NODE_DEATH_SEEDS says how many more than the usual five.</summary>
    public static TheoryData<int> Seeds =>
        [.. Enumerable.Range(1, int.TryParse(Environment.GetEnvironmentVariable("RAY_NODE_DEATH_SEEDS"), CultureInfo.InvariantCulture, out int more) ? 5 + more : 5)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task NodeDies_UnderNestedTasks_EveryAnswerIsRight(int seed)
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 3);
        await RunAsync(nodes, seed);
        await nodes.IsEmptyAsync();
    }

    private static async Task RunAsync(TwoNodes nodes, int seed)
    {
        Random random = new(seed);
        IRay ray = nodes.Ray;
        RemoteOptions spread = ray.Options(schedulingStrategy: SchedulingStrategy.Spread, maxRetries: -1);
        ObjectRef<int[]> shared = ray.Put(Enumerable.Range(0, 50_000).ToArray());
        List<ObjectRef<long>> sums = [];
        List<ObjectRef<List<ObjectRef<int>>>> trees = [];
        List<ObjectRef<int[]>> arrays = [];
        for (int i = 0; i < 120; i++)
        {
            sums.Add(spread.Remote(static (int[] a, int x) => a.Take(x).Sum(v => (long)v), shared, i));
            trees.Add(spread.Remote(static (int n) => Enumerable.Range(0, 4).Select(k => Ray.Remote(static (int a, int b) => (a * 10) + b, n, k)).ToList(), i));
            arrays.Add(spread.Remote(static (int n) => Enumerable.Repeat(n, 40_000).ToArray(), i));
        }

        List<ObjectRef<int>> chained = [.. arrays.Select((a, i) => spread.Remote(static (int[] x, int y) => x[^1] + y, a, i))];
        LocalNode victim = nodes.Nodes.Nodes[1 + random.Next(2)];
        int delay = random.Next(150);
        Task death = Task.Run(async () =>
        {
            await Task.Delay(delay);
            await nodes.Nodes.RemoveAsync(victim);
        });
        for (int i = 0; i < sums.Count; i++)
        {
            Assert.Equal(i * (i - 1L) / 2, await Soon(nodes, sums[i]));
            List<ObjectRef<int>> leaves = await Soon(nodes, trees[i]);
            for (int k = 0; k < 4; k++)
            {
                Assert.Equal((i * 10) + k, await Soon(nodes, leaves[k]));
            }

            Assert.Equal(2 * i, await Soon(nodes, chained[i]));
        }

        await death;
    }

    private static async Task<T> Soon<T>(TwoNodes nodes, ObjectRef<T> reference)
    {
        try
        {
            return await reference.AsTask().WaitAsync(TimeSpan.FromSeconds(40));
        }
        catch (TimeoutException e) when (e is not IRayException)
        {
            throw new TimeoutException($"Waited in vain for {reference}: {nodes.Describe(reference.Id)}", e);
        }
    }
}
