using CartPole.Learning;
using CartPole.Options;
using CartPole.Training;
using CartPole.Workers;

namespace RayOrleans.Samples.Tests.CartPole;

/// <summary>The training on an embedded node.</summary>
public sealed class TrainingTests : IAsyncLifetime
{
    private IRay? _ray;

    public async Task InitializeAsync() => _ray = await Ray.InitAsync();

    public async Task DisposeAsync() => await _ray!.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_OnAnEmbeddedNode_SolvesCartPole(bool useTasks)
    {
        List<IterationReport> reports = [];
        IRolloutPool pool = useTasks ? new TaskPool() : new SimulatorPool(3);

        TrainingResult result = await new Trainer(new TrainingOptions { Iterations = 45 }, pool, reports.Add).RunAsync(1);

        Assert.Equal(45, result.Curve.Count);
        Assert.Equal(Enumerable.Range(1, 45), reports.Select(r => r.Iteration));
        Assert.True(result.TestReturn >= 475, $"The mean return is {result.TestReturn}.");
    }

    [Fact]
    public async Task CollectAsync_OneRolloutIsLate_EntersTheNextUpdate()
    {
        GatedPool pool = new();
        RolloutCollector collector = new(pool);
        ObjectRef<Policy> policy = Ray.Put(Policy.Untrained(1));
        ObjectRef<Policy> next = Ray.Put(Policy.Untrained(1) with { Version = 1 });

        IReadOnlyList<RolloutResult> first = await collector.CollectAsync(policy, Requests(0));
        Assert.DoesNotContain(first, r => r.Request.Index == 0);
        Assert.InRange(first.Count, 6, 7);

        await pool.OpenAsync();
        IReadOnlyList<RolloutResult> second = await collector.CollectAsync(next, Requests(8));
        Assert.Contains(second, r => r is { PolicyVersion: 0, Request.Index: 0 });

        await collector.DrainAsync();
        Assert.Equal(16, pool.Completed);
    }

    private static RolloutRequest[] Requests(int first) => [.. Enumerable.Range(first, 8).Select(i => new RolloutRequest(1, i, 0.3, 1))];
}
