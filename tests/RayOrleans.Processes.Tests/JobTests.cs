using RayOrleans.Processes.Tests.Harness;

namespace RayOrleans.Processes.Tests;

/// <summary>What becomes of a job when the process of its driver ends, one way or another.</summary>
[Collection("processes")]
public sealed class JobTests
{
    private const int Seed = 3;

    [Fact]
    public async Task Driver_KilledUnderLoad_LeavesAFailedJobAndNothingElse()
    {
        await using WorkCluster cluster = await WorkCluster.StartAsync();
        await cluster.LoadAsync(Seed);
        string driver = cluster.Driver.NodeId;
        WorkProcess[] silos = [cluster.First, cluster.Steady, cluster.Victim];
        foreach (WorkProcess silo in silos)
        {
            await cluster.UntilAsync(silo, "jobs", j => j == $"{driver}:Running", $"{silo.Name} to list the job");
        }

        cluster.Driver.Kill();
        foreach (WorkProcess silo in silos)
        {
            await cluster.UntilAsync(silo, "jobs", j => j == $"{driver}:Failed", $"{silo.Name} to list the job as failed");
            await cluster.UntilAsync(silo, "dead", d => d == driver, $"{silo.Name} to list the driver's node as dead");
        }

        await cluster.NothingIsLeftAsync(silos);
        Assert.Equal("", await cluster.First.DoAsync("going"));
        Assert.NotEqual("0", await cluster.First.DoAsync("ended"));
    }

    [Fact]
    public async Task Driver_ThatLeavesInOrder_HasSucceeded()
    {
        await using WorkCluster cluster = await WorkCluster.StartAsync();
        string driver = cluster.Driver.NodeId;
        await cluster.UntilAsync(cluster.Steady, "jobs", j => j == $"{driver}:Running", "the steady silo to list the job");
        cluster.Driver.Leave();
        Assert.Equal(0, await cluster.Driver.ExitCodeAsync("the end of the driver"));
        await cluster.UntilAsync(cluster.Steady, "jobs", j => j == $"{driver}:Succeeded", "the steady silo to list the job as ended");
    }
}
