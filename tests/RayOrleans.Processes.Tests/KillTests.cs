using System.Diagnostics;
using System.Globalization;
using RayOrleans.Processes.Tests.Harness;
using Xunit.Abstractions;

namespace RayOrleans.Processes.Tests;

/// <summary>A worker's process is killed, or frozen, in the middle of everything. The seed decides about the load and the moment.</summary>
[Collection("processes")]
public sealed class KillTests(ITestOutputHelper output)
{
    private const int UsualSeeds = 3;
    private const int LatestMoment = 2500;

    /// <summary>How long a frozen process stays so: well over what it takes to declare it dead.</summary>
    private static readonly TimeSpan Freeze = TimeSpan.FromSeconds(30);

    public static TheoryData<int> Seeds()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("RAY_KILL_SEEDS"), CultureInfo.InvariantCulture, out int wanted) ? wanted : UsualSeeds;
        return [.. Enumerable.Range(1, count)];
    }

    [Theory(Skip = "Not green for every seed yet: under heavy load a worker stops answering before it is killed, which has to be understood first.")]
    [MemberData(nameof(Seeds))]
    public async Task Worker_KilledUnderLoad_ChangesNoAnswerAndLeavesNothing(int seed)
    {
        await using WorkCluster cluster = await WorkCluster.StartAsync();
        await cluster.LoadAsync(seed);
        await Task.Delay(new Random(seed).Next(LatestMoment));
        string before = await cluster.Driver.DoAsync("status");

        Stopwatch time = Stopwatch.StartNew();
        cluster.Victim.Kill();
        await cluster.Driver.LineAsync(l => l.Contains(cluster.Victim.NodeId, StringComparison.Ordinal) && l.Contains("declared dead", StringComparison.Ordinal), "word of the death");
        TimeSpan detected = time.Elapsed;
        string right = await cluster.RightAsync();
        TimeSpan answered = time.Elapsed;
        await cluster.NothingIsLeftAsync(cluster.Driver, cluster.First, cluster.Steady);

        output.WriteLine($"seed {seed}: at the kill {before}; dead after {detected.TotalSeconds:0.0} s; {right}, {answered.TotalSeconds:0.0} s after the kill; nothing left after {time.Elapsed.TotalSeconds:0.0} s; {await cluster.Driver.DoAsync("status")}");
    }
}
