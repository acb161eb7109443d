using System.Globalization;
using RayOrleans.Processes.Tests.Harness;

namespace RayOrleans.Processes.Tests;

/// <summary>A cluster of which every process was killed goes on with what its shards knew, whatever keeps them.</summary>
[Collection("processes")]
public sealed class ClusterRestartTests
{
    private const string Variable = "RayOrleans__Cluster__GcsConnectionString";
    private const int Count = 12;

    [Fact]
    public async Task Cluster_WithShardsInAFolder_KeepsThemOverARestart()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("rayorleans-restart-");
        try
        {
            await RestartAsync($"file:{folder.FullName}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Cluster_WithShardsInPostgres_KeepsThemOverARestart()
    {
        await using PostgresServer server = await PostgresServer.StartAsync();
        await WithConnectionAsync(server.ConnectionString, () => RestartAsync("postgres"));
    }

    [Fact]
    public async Task Cluster_WhoseDatabaseGoesAway_WorksOnWhenItIsBack_AndHasLostNothing()
    {
        await using PostgresServer server = await PostgresServer.StartAsync();
        await WithConnectionAsync(server.ConnectionString, async () =>
        {
            await using Silos silos = new();
            WorkProcess node = silos.Add(await WorkProcess.NodeAsync("the node", "", "postgres"));
            WorkProcess driver = silos.Add(await WorkProcess.DriverAsync(node.Address));
            await driver.DoAsync($"last {Count}");
            await driver.DoAsync("begin");
            await server.CrashAsync();
            await node.LineAsync(l => l.StartsWith("journal failed", StringComparison.Ordinal), "word of a write that failed");
            Assert.Equal("500500", await driver.DoAsync("local 1000"));
            await server.ResumeAsync();
            Assert.True(int.Parse(await driver.DoAsync("end"), CultureInfo.InvariantCulture) > 0);
            Assert.StartsWith($"{Count} keys", await driver.DoAsync($"lasting {Count}"), StringComparison.Ordinal);
        });
    }

    /// <summary>One that hangs refuses nothing: whoever needs it waits, nobody else does, and everything that waited happens.</summary>
    [Fact]
    public async Task Cluster_WhoseDatabaseHangs_DoesLocalWork_AndGoesOnWhenItAnswers()
    {
        await using PostgresServer server = await PostgresServer.StartAsync();
        await WithConnectionAsync(server.ConnectionString, async () =>
        {
            await using Silos silos = new();
            WorkProcess node = silos.Add(await WorkProcess.NodeAsync("the node", "", "postgres"));
            WorkProcess driver = silos.Add(await WorkProcess.DriverAsync(node.Address));
            await driver.DoAsync($"last {Count}");
            await driver.DoAsync("begin");
            server.Freeze();
            int before = int.Parse(await driver.DoAsync("rounds"), CultureInfo.InvariantCulture);
            Assert.Equal("500500", await driver.DoAsync("local 1000"));

            // The write that was under way may have been kept before; none after it is acknowledged.
            Assert.InRange(int.Parse(await driver.DoAsync("rounds"), CultureInfo.InvariantCulture), before, before + 1);
            server.Thaw();
            Assert.True(int.Parse(await driver.DoAsync("end"), CultureInfo.InvariantCulture) > before);
            string acknowledged = await driver.DoAsync("acknowledged");
            Assert.True(acknowledged.Split(' ') is [var right, _, var all, ..] && right == all, acknowledged);
            Assert.StartsWith($"{Count} keys", await driver.DoAsync($"lasting {Count}"), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Cluster_WithShardsInAzure_KeepsThemOverARestart()
    {
        await using AzuriteServer server = await AzuriteServer.StartAsync();
        await WithConnectionAsync(server.ConnectionString, () => RestartAsync("azure:restart"));
    }

    private static async Task WithConnectionAsync(string connectionString, Func<Task> test)
    {
        Environment.SetEnvironmentVariable(Variable, connectionString);
        try
        {
            await test();
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    private static async Task RestartAsync(string backEnd)
    {
        await using Silos silos = new();
        WorkProcess node = silos.Add(await WorkProcess.NodeAsync("the node", "", backEnd));
        WorkProcess driver = silos.Add(await WorkProcess.DriverAsync(node.Address));
        Assert.Equal("0", await driver.DoAsync($"last {Count}"));
        driver.Kill();
        node.Kill();
        await Task.WhenAll(driver.ExitCodeAsync("the driver's end"), node.ExitCodeAsync("the node's end"));

        WorkProcess again = silos.Add(await WorkProcess.NodeAsync("the node that follows", "", backEnd));

        // Before anybody asks for it.
        await again.LineAsync(l => l == "the lasting actor lives", "the detached actor to live again");
        WorkProcess next = silos.Add(await WorkProcess.DriverAsync(again.Address));
        Assert.Equal($"{Count} keys, the actor says 0", await next.DoAsync($"lasting {Count}"));
        Assert.DoesNotContain("journal failed", again.Output.All, StringComparison.Ordinal);
    }
}
