using System.Collections.Concurrent;

namespace RayOrleans.Runtime.Tests;

/// <summary>What user code starts beside its attempt runs on the node's own threads.</summary>
public sealed class SideThreadsTests
{
    private const int Iterations = 1000;

    [Fact]
    public async Task ParallelFor_InATask_StaysOffThePool()
    {
        await using IRay ray = await Nodes.StartAsync();
        Assert.Equal((Iterations, 0), await ray.Remote(Loop).Soon());
    }

    [Fact]
    public async Task ParallelFor_InTaskRunOfATask_TakesNoOtherPoolThread()
    {
        await using IRay ray = await Nodes.StartAsync();
        (int ran, int poolThreads) = await ray.Remote(() => Task.Run(Loop)).Soon();
        Assert.Equal(Iterations, ran);
        Assert.InRange(poolThreads, 0, 1);
    }

    [Fact]
    public async Task ParallelFor_OutsideOfTasks_StaysOffTheNodesThreads()
    {
        await using IRay ray = await Nodes.StartAsync();
        ConcurrentBag<string> names = [];
        Parallel.For(0, Iterations, _ => names.Add(Thread.CurrentThread.Name ?? ""));
        Assert.Equal(Iterations, names.Count);
        Assert.DoesNotContain(names, name => name.StartsWith("ray-", StringComparison.Ordinal));
        Assert.Equal(0, ray.Services().Side.Count);
    }

    [Theory]
    [InlineData(TaskCreationOptions.None)]
    [InlineData(TaskCreationOptions.LongRunning)]
    [InlineData(TaskCreationOptions.AttachedToParent)]
    public async Task StartNew_InATask_RunsOnTheNodesThreads(TaskCreationOptions options)
    {
        await using IRay ray = await Nodes.StartAsync();
        Assert.False(await ray.Remote(o => Task.Factory.StartNew(OnThePool, o).Result, options).Soon());
    }

    [Fact]
    public async Task BlockingForOwnAsyncCode_InASynchronousFunction_Ends()
    {
        await using IRay ray = await Nodes.StartAsync();
        Assert.False(await ray.Remote(() => AfterAYield().Result).Soon());
    }

    [Fact]
    public async Task StartNew_MoreThatWaitForEachOtherThanCpus_AllStart()
    {
        await using IRay ray = await Nodes.StartAsync();
        Assert.True(await ray.Remote(MeetAll, 8 * Environment.ProcessorCount).Soon());
    }

    [Fact]
    public void Check_NothingTakenForLong_AddsAThread()
    {
        SideThreads side = new();
        UserScheduler scheduler = new(side);
        int arrived = 0;
        int all = Environment.ProcessorCount + 2;
        Task[] tasks = [.. Enumerable.Range(0, all).Select(_ => Task.Factory.StartNew(
            () =>
            {
                Interlocked.Increment(ref arrived);
                while (Volatile.Read(ref arrived) < all)
                {
                    Thread.SpinWait(10);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.None,
            scheduler))];
        long now = 0;

        Patience.Until(
            () =>
            {
                side.Check(now += Clock.FromMilliseconds(300));
                return tasks.All(task => task.IsCompletedSuccessfully);
            },
            "threads had come for all tasks");
    }

    private static (int Ran, int PoolThreads) Loop()
    {
        int ran = 0;
        ConcurrentDictionary<int, bool> pool = [];
        Parallel.For(0, Iterations, _ =>
        {
            Interlocked.Increment(ref ran);
            if (OnThePool())
            {
                pool[Environment.CurrentManagedThreadId] = true;
            }

            Thread.SpinWait(1000);
        });
        return (ran, pool.Count);
    }

    private static bool MeetAll(int count)
    {
        using CountdownEvent all = new(count);
        Task<bool>[] tasks = [.. Enumerable.Range(0, count).Select(_ => Task.Factory.StartNew(() =>
        {
            all.Signal();
            return all.Wait(Patience.Limit);
        }))];
        return Task.WhenAll(tasks).Result.All(met => met);
    }

    private static async Task<bool> AfterAYield()
    {
        await Task.Yield();
        return OnThePool();
    }

    private static bool OnThePool() => Thread.CurrentThread.IsThreadPoolThread;
}
