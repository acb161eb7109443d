using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Tests.Microbenchmark;

public sealed class MeasuringTests
{
    [Fact]
    public void RateSampler_SlowBody_RunsItOnce()
    {
        int calls = 0;
        RateSampler sampler = new(() => calls++, 1);

        Assert.True(sampler.Sample(TimeSpan.Zero) > 0);

        Assert.Equal(1, calls);
    }

    [Fact]
    public void RateSampler_PerCall_MultipliesTheCount()
    {
        ManualResetEventSlim never = new();
        RateSampler one = new(() => never.Wait(1), 1);
        RateSampler thousand = new(() => never.Wait(1), 1_000_000);

        Assert.True(thousand.Sample(TimeSpan.Zero) > one.Sample(TimeSpan.Zero));
    }

    [Fact]
    public void ClientThreads_Round_RunsEveryClientOnce()
    {
        using ClientThreads clients = new(3);
        int[] runs = new int[3];

        clients.Run(client => runs[client]++);
        clients.Run(client => runs[client]++);

        Assert.Equal([2, 2, 2], runs);
    }

    [Fact]
    public void ClientThreads_BodyThrows_RoundThrowsAndTheNextOneRuns()
    {
        using ClientThreads clients = new(2);

        Assert.Throws<InvalidDataException>(() => clients.Run(_ => throw new InvalidDataException()));

        int runs = 0;
        clients.Run(_ => Interlocked.Increment(ref runs));
        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task DriverThread_Function_RunsOutsideTheThreadPool()
    {
        Assert.False(await DriverThread.RunAsync(() => Thread.CurrentThread.IsThreadPoolThread));
        await Assert.ThrowsAsync<InvalidDataException>(() => DriverThread.RunAsync<int>(() => throw new InvalidDataException()));
    }
}
