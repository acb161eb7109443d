using RayOrleans.Processes.Tests.Harness;

namespace RayOrleans.Processes.Tests;

/// <summary>Calls, results and records that are far larger than a call of the transport carries, over real grains.</summary>
[Collection("processes")]
public sealed class LargeMessageTests
{
    [Fact]
    public async Task Messages_OfMegabytes_ArriveAndNothingStallsBehindThem()
    {
        await using Silos silos = new();

        // Shards in files: those of the owner's silo outlive it.
        WorkProcess first = silos.Add(await WorkProcess.NodeAsync("the first silo", "", ""));
        WorkProcess owner = silos.Add(await WorkProcess.NodeAsync("the owner", first.Address, ""));
        WorkProcess driver = silos.Add(await WorkProcess.DriverAsync(first.Address));

        // What is over the expected sums: the last bytes of the arrays.
        Assert.Equal($"{30 * 29 / 2} 0 3", await driver.DoAsync($"large {owner.NodeId}"));
        Assert.Equal("20000", await driver.DoAsync($"owned {owner.NodeId}"));

        owner.Kill();
        await driver.LineAsync(l => l.Contains(owner.NodeId, StringComparison.Ordinal) && l.Contains("declared dead", StringComparison.Ordinal), "word of the owner's death");

        Assert.Equal("right 20000", await driver.DoAsync("adopted"));
        Assert.Equal($"{30 * 29 / 2} 0 3", await driver.DoAsync($"large {first.NodeId}"));
    }
}
