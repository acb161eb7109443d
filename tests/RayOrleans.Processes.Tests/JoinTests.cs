using RayOrleans.Processes.Tests.Harness;

namespace RayOrleans.Processes.Tests;

/// <summary>A program, this one, that joins a running cluster.</summary>
[Collection("processes")]
public sealed class JoinTests
{
    [Fact]
    public async Task Driver_ThatJoins_IsANodeOfTheCluster_AndLeavesIt()
    {
        await using Silos silos = new();
        EchoSilo silo = await silos.EchoAsync();

        string nodeId;
        await using (IRay ray = await Ray.InitAsync(silo.Address, Small))
        {
            nodeId = ray.Context.NodeId.ToString();
            await silo.UntilAsync("members", m => m.Contains('+' + nodeId, StringComparison.Ordinal), "word of the driver's node");
            Assert.Equal(42, await ray.Remote(Add, 40, 2));
        }

        await silo.UntilAsync("members", m => m.Contains('-' + nodeId, StringComparison.Ordinal), "word of its leaving");
    }

    [Fact]
    public async Task Driver_WhoseNodeIsDeclaredDead_GetsTheErrorAndLives()
    {
        await using Silos silos = new();
        EchoSilo silo = await silos.EchoAsync();
        await using IRay ray = await Ray.InitAsync(silo.Address, Small);
        ObjectRef<int> never = ray.Remote(Never);
        await silo.UntilAsync("members", m => m.Contains($"+{ray.Context.NodeId}", StringComparison.Ordinal), "word of the driver's node");

        await silo.DoAsync($"report {ray.Context.NodeId}");

        NodeDiedException error = await Assert.ThrowsAsync<NodeDiedException>(() => never.AsTask().WaitAsync(ChildProcess.Patience));
        Assert.Contains("declared it dead", error.Message, StringComparison.Ordinal);
        Assert.Equal("same 3", await silo.DoAsync($"node {silo.NodeId} 3"));
    }

    private static void Small(RayOptions options)
    {
        options.ObjectStoreBytes = 64 << 20;
        options.CpusPerNode = 1;
    }

    private static int Add(int a, int b) => a + b;

    private static async Task<int> Never(CancellationToken cancellationToken)
    {
        // A task that only its cancellation ends.
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return 0;
    }
}
