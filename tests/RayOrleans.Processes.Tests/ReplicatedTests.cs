using RayOrleans.Processes.Tests.Harness;

namespace RayOrleans.Processes.Tests;

/// <summary>What was put with <see cref="Durability.Replicated"/> outlives the process that put it.</summary>
[Collection("processes")]
public sealed class ReplicatedTests
{
    private const int Count = 40;

    /// <summary>The shards are in memory, so those of the killed process start anew with nothing.</summary>
    [Fact]
    public async Task Silo_KilledAfterItPutReplicated_LosesNothing()
    {
        await using WorkCluster cluster = await WorkCluster.StartAsync("memory");
        Assert.Equal($"{Count}", await cluster.Driver.DoAsync($"replicate {cluster.Victim.NodeId} {Count}"));

        cluster.Victim.Kill();
        await cluster.Driver.LineAsync(l => l.Contains(cluster.Victim.NodeId, StringComparison.Ordinal) && l.Contains("declared dead", StringComparison.Ordinal), "word of the death");

        Assert.Equal($"right {Count}", await cluster.Driver.DoAsync("replicated"));
        await cluster.NothingIsLeftAsync(cluster.Driver, cluster.First, cluster.Steady);
    }
}
