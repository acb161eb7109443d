using RayOrleans.Processes.Tests.Harness;
using Xunit.Abstractions;

namespace RayOrleans.Processes.Tests;

/// <summary>
/// The silo that hosts most shards is killed under load, or stops in good order: what was acknowledged is there, no task has a wrong result, and who waits to be told is told. How long callers waited is
/// for people. Seeds decide about the load, the moment and the back end: <c>RAY_KILL_SEEDS</c> as in <see cref="KillTests"/>.
/// </summary>
[Collection("processes")]
public sealed class BusiestSiloTests(ITestOutputHelper output)
{
    private const int Count = 40;
    private const int Waiting = 16;
    private const int LatestMoment = 1500;

    public static TheoryData<int> Seeds() => KillTests.Seeds();

    [SoakTheory]
    [MemberData(nameof(Seeds))]
    public async Task SiloOfMostShards_KilledOrStoppedUnderLoad_LosesNothingThatWasAcknowledged(int seed) => await RunAsync(seed, async busiest =>
    {
        // Two of four seeds each, and each of these with both back ends. An ordinary run has a silo with shards killed in KillTests, and stopped in ShardMoveTests.
        if (seed / 2 % 2 == 0)
        {
            busiest.Kill();
            await busiest.ExitCodeAsync("the kill");
        }
        else
        {
            busiest.Leave();
            Assert.Equal(0, await busiest.ExitCodeAsync("the busiest silo to leave"));
        }
    });

    private async Task RunAsync(int seed, Func<WorkProcess, Task> end)
    {
        string backEnd = seed % 2 == 0 ? "file" : "memory";
        await using WorkCluster cluster = await WorkCluster.StartAsync(backEnd);
        WorkProcess busiest = await cluster.BusiestAsync();
        WorkProcess steady = busiest == cluster.Victim ? cluster.Steady : cluster.Victim;
        await cluster.Driver.DoAsync($"last {Count}");
        Assert.Equal($"{Waiting}", await cluster.Driver.DoAsync($"wait {Waiting}"));
        await cluster.Driver.DoAsync("begin");
        await cluster.Driver.DoAsync($"run {seed} {cluster.First.NodeId},{steady.NodeId}");

        // The seed's moment, somewhere in the load; no assertion depends on how long it is.
        await Task.Delay(new Random(seed).Next(LatestMoment));
        await cluster.Driver.DoAsync("mark");
        await end(busiest);
        string right = await cluster.RightAsync();
        Assert.Equal($"{Waiting}", await cluster.Driver.DoAsync("go"));
        await cluster.Driver.DoAsync("end");
        string acknowledged = await cluster.Driver.DoAsync("acknowledged");
        string[] words = acknowledged.Split(' ');
        Assert.True(words[0] == words[2] && words[0] != "0", acknowledged);
        Assert.StartsWith($"{Count} keys", await cluster.Driver.DoAsync($"lasting {Count}"), StringComparison.Ordinal);
        output.WriteLine($"seed {seed}, {backEnd}: {right}; acknowledged {acknowledged}");
    }
}
