using System.Net;

namespace RayOrleans.Grains.Tests;

[Collection("silo")]
public sealed class LocalSchedulerGrainTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Status_WhileATaskRuns_SaysSo()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        Burns.Reset();
        ObjectRef<int> running = silo.Ray.Remote(Burns.OnTheWorker);
        LocalSchedulerStatus status;
        using CancellationTokenSource patience = new(Patience);
        do
        {
            patience.Token.ThrowIfCancellationRequested();
            status = await silo.Scheduler.GetStatus();
        }
        while (status.RunningTasks == 0);

        Burns.Stop();
        Assert.Equal(1, await running.AsTask().WaitAsync(Patience));
        Assert.Equal(silo.Ray.Context.NodeId, status.NodeId);
        Assert.Equal(Environment.ProcessorCount, status.Resources["CPU"]);
        Assert.Equal(Environment.ProcessorCount - 1, status.AvailableResources["CPU"]);
        Assert.Equal(64 << 20, status.ObjectStoreBytes);
    }

    [Fact]
    public async Task Key_OfASiloThatIsNotThere_FailsClearly()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        SiloAddress nowhere = SiloAddress.New(IPAddress.Loopback, 1, 1);

        NodeNotFoundException error = await Assert.ThrowsAsync<NodeNotFoundException>(() => silo.Grains.GetLocalScheduler(nowhere).Ping().AsTask().WaitAsync(Patience));

        Assert.Contains(nowhere.ToParsableString(), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("on the worker")]
    [InlineData("after an await")]
    [InlineData("in Parallel.For")]
    [InlineData("in Task.Run")]
    public async Task Burning_EveryCore_LeavesTheSiloAnswering(string how)
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        await silo.Scheduler.Ping();
        Burns.Reset();
        ObjectRef<int>[] burns = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => how switch
        {
            "on the worker" => silo.Ray.Remote(Burns.OnTheWorker),
            "after an await" => silo.Ray.Remote(Burns.AfterAnAwait),
            "in Parallel.For" => silo.Ray.Remote(Burns.InParallelFor),
            _ => silo.Ray.Remote(Burns.InTaskRun),
        })];

        // The burn ends only after the pings: were the silo frozen by it, they would never come back.
        for (int i = 0; i < 20; i++)
        {
            await silo.Scheduler.Ping().AsTask().WaitAsync(Patience);
        }

        Assert.All(burns, burn => Assert.False(burn.IsCompleted));
        Burns.Stop();
        foreach (ObjectRef<int> burn in burns)
        {
            Assert.True(await burn.AsTask().WaitAsync(Patience) > 0);
        }
    }
}
