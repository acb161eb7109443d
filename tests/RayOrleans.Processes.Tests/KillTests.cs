using System.Diagnostics;
using System.Globalization;
using RayOrleans.Processes.Tests.Harness;
using Xunit.Abstractions;

namespace RayOrleans.Processes.Tests;

/// <summary>A worker's process is killed, or frozen, in the middle of everything. The seed decides about the load and the moment.</summary>
[Collection("processes")]
public sealed class KillTests(ITestOutputHelper output)
{
    private const int UsualSeeds = 1;
    private const int LatestMoment = 2500;

    /// <summary>How long a frozen process stays so: well over what it takes to declare it dead.</summary>
    private static readonly TimeSpan Freeze = TimeSpan.FromSeconds(30);

    public static TheoryData<int> Seeds() => Take(UsualSeeds);

    /// <summary>One at an ordinary run: each waits for longer than half a minute.</summary>
    public static TheoryData<int> FreezeSeeds() => Take(1);

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Worker_KilledUnderLoad_ChangesNoAnswerAndLeavesNothing(int seed)
    {
        await using WorkCluster cluster = await WorkCluster.StartAsync();
        await cluster.LoadAsync(seed);
        // The seed's moment for the kill, somewhere in the load; no assertion depends on how long it is.
        await Task.Delay(new Random(seed).Next(LatestMoment));
        string before = await cluster.Driver.DoAsync("status");

        Stopwatch time = Stopwatch.StartNew();
        cluster.Victim.Kill();
        await cluster.Driver.LineAsync(l => l.Contains(cluster.Victim.NodeId, StringComparison.Ordinal) && l.Contains("declared dead", StringComparison.Ordinal), "word of the death");
        TimeSpan detected = time.Elapsed;
        string right = await cluster.RightAsync();
        TimeSpan answered = time.Elapsed;
        await cluster.NothingIsLeftAsync(cluster.Driver, cluster.First, cluster.Steady);

        Report($"seed {seed}: at the kill {before}; dead after {detected.TotalSeconds:0.0} s; {right}, {answered.TotalSeconds:0.0} s after the kill; nothing left after {time.Elapsed.TotalSeconds:0.0} s; {await cluster.Driver.DoAsync("status")}");
    }

    [Theory]
    [MemberData(nameof(FreezeSeeds))]
    public async Task Worker_FrozenUnderLoad_ChangesNothingWhenItReturns(int seed)
    {
        await using WorkCluster cluster = await WorkCluster.StartAsync();
        await cluster.LoadAsync(seed);
        await Task.Delay(new Random(seed).Next(LatestMoment));

        Stopwatch time = Stopwatch.StartNew();
        cluster.Victim.Signal(Signals.Stop);
        await cluster.Driver.LineAsync(l => l.Contains(cluster.Victim.NodeId, StringComparison.Ordinal) && l.Contains("declared dead", StringComparison.Ordinal), "word of the death");
        TimeSpan detected = time.Elapsed;
        string right = await cluster.RightAsync();
        await cluster.NothingIsLeftAsync(cluster.Driver, cluster.First, cluster.Steady);
        if (time.Elapsed < Freeze)
        {
            await Task.Delay(Freeze - time.Elapsed);
        }

        cluster.Victim.Signal(Signals.Continue);
        Assert.NotEqual(0, await cluster.Victim.ExitCodeAsync("the node that was declared dead to end itself"));
        await cluster.NothingIsLeftAsync(cluster.Driver, cluster.First, cluster.Steady);
        Report($"seed {seed}: dead after {detected.TotalSeconds:0.0} s; {right}");
    }

    /// <summary>The usual number of seeds, or what <c>RAY_KILL_SEEDS</c> says: a number of them (<c>20</c>), or these (<c>8,12,</c>).</summary>
    private static TheoryData<int> Take(int usual)
    {
        string? wanted = Environment.GetEnvironmentVariable("RAY_KILL_SEEDS");
        if (wanted?.Contains(',', StringComparison.Ordinal) == true)
        {
            return [.. wanted.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(s => int.Parse(s, CultureInfo.InvariantCulture))];
        }

        return [.. Enumerable.Range(1, wanted is null ? usual : int.Parse(wanted, CultureInfo.InvariantCulture))];
    }

    private void Report(string line) => output.WriteLine(line);
}
