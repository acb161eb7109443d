using System.Text.Json;
using RayOrleans.Silo.Microbenchmark;
using RayOrleans.Silo.Microbenchmark.Lines;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Tests.Microbenchmark;

/// <summary>
/// What the benchmark's hot lines allocate per operation, on all threads, against AllocationBudgets.json. The budgets are about a tenth above
/// what was measured. A line that goes over has got slower in a way that no noisy clock shows; raise its budget only for a reason.
/// </summary>
[Collection(nameof(EmbeddedNode))]
public sealed class AllocationBudgetTests
{
    private const int Operations = 2000;

    /// <summary>The first rounds allocate more: code is not optimised yet, tables grow. The least of the rounds counts.</summary>
    private const int Rounds = 40;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly IReadOnlyDictionary<string, double> Budgets =
        JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "AllocationBudgets.json")))!;

    public static TheoryData<string> Names => [.. Budgets.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Line_BytesPerOperation_AreWithinTheBudget(string name)
    {
        BenchmarkLine line = LineCatalog.All.Single(line => line.Name == name);

        double bytes = await DriverThread.RunAsync(() => LeastBytesPerOperation(line)).WaitAsync(Patience);

        Assert.True(bytes <= Budgets[name], $"{name} allocates {bytes:0.0} bytes per operation; its budget is {Budgets[name]:0.0}.");
    }

    private static double LeastBytesPerOperation(BenchmarkLine line)
    {
        BenchmarkScale scale = new(0.1, false);
        using BenchmarkData data = new();
        using RuntimeHost runtimes = new(scale);
        using RateRun run = (RateRun)line.Open(new LineContext(runtimes.Get(line.Profile), scale, data));
        int calls = (int)Math.Ceiling(Operations / run.Repeat(1));
        double least = double.MaxValue;
        for (int i = 0; i < Rounds; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            double operations = run.Repeat(calls);
            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / operations);
        }

        return least;
    }
}
