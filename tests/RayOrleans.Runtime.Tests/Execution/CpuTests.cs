namespace RayOrleans.Runtime.Tests;

public sealed class CpuTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nesting_DeeperThanTheCpus_Ends(bool inline)
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1, o => o.InlineExecution = inline);
        Assert.Equal(150, await ray.Remote(Depth, 150).Within("150 tasks, each waiting for the next, on one CPU"));
        await Waiting.Until(() => ray.FreeCpu() == 1, "the CPU is free");
    }

    [Fact]
    public async Task Tree_OfBlockingTasks_Ends()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 2);
        Assert.Equal(Fibonacci(15), await ray.Remote(FibonacciRemote, 15).Within("the tree of tasks"));
        await Waiting.Until(() => ray.FreeCpu() == 2, "the CPUs are free");
    }

    [Fact]
    public async Task Tree_OfAwaitingTasks_Ends()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 2);
        Assert.Equal(Fibonacci(14), await ray.Remote(FibonacciAsync, 14).Within("the tree of tasks"));
        await Waiting.Until(() => ray.FreeCpu() == 2, "the CPUs are free");
    }

    [Fact]
    public async Task RunningTasks_NeverMoreThanCpus()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 2);
        string inside = Signal.NewName();
        ObjectRef<int>[] tasks = [.. Enumerable.Range(0, 100).Select(_ => ray.Remote(Work, inside))];
        await ray.GetAsync(tasks).AsTask().Within("all tasks");
        Assert.InRange(Signal.Of(inside).Most, 1, 2);
    }

    [Fact]
    public async Task ArgumentsAllLocal_GetKeepsTheCpu()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 2);
        string inside = Signal.NewName();
        string key = Signal.NewName();
        Callers.Keep(key, ray.Put(1));
        ObjectRef<int>[] tasks = [.. Enumerable.Range(0, 40).Select(_ => ray.Remote(GetLocal, key, inside))];
        await ray.GetAsync(tasks).AsTask().Within("all tasks");
        Assert.InRange(Signal.Of(inside).Most, 1, 2);
    }

    [Fact]
    public async Task BlockedTask_WokenWhileOthersRun_ResumesAtOnceAndNothingNewStarts()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1, o => o.InlineExecution = false);
        string name = Signal.NewName();
        ObjectRef<int> blocked = ray.Remote(GetThenHold, name);
        await Signal.Of(name + ".child").WaitAsync("the child runs");
        ObjectRef<int> other = ray.Options(numCpus: 1).Remote(HoldOther, name);
        Signal.Of(name + ".childGo").Set();

        // The child ends: its CPU goes to the waiter, and to the other task where that started in between.
        await Signal.Of(name + ".resumed").WaitAsync("the blocked task resumed");
        ObjectRef<int> third = ray.Remote(() => 3);
        Assert.InRange(ray.FreeCpu(), -1, 0);
        Assert.False(third.IsCompleted);
        Signal.Of(name + ".go").Set();
        Assert.Equal(1, await blocked.Within("the blocked task"));
        Assert.Equal(2, await other.Within("the other task"));
        Assert.Equal(3, await third.Within("the third task"));
        await Waiting.Until(() => ray.FreeCpu() == 1, "the CPU is free");
    }

    [Fact]
    public async Task BlockedThreads_ManyAtATime_PoolGrowsAndShrinks()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        string gate = Signal.NewName();
        ObjectRef<int> late = ray.Options(numCpus: 0).Remote(Hold, gate);
        string key = Signal.NewName();
        Callers.Keep(key, late);
        ObjectRef<int>[] waiting = [.. Enumerable.Range(0, 30).Select(_ => ray.Remote(GetKept, key))];
        await Waiting.Until(() => ray.Services().Pool.BlockedCount == 30, "30 tasks wait, each on a thread of its own");
        Assert.True(ray.Services().Pool.ThreadCount >= 31);

        Signal.Of(gate).Set();
        await ray.GetAsync(waiting).AsTask().Within("all tasks");
        await Waiting.Until(() => ray.Services().Pool.ThreadCount <= 4, "the idle threads have ended");
        Assert.Equal(1, await ray.Remote(() => 1).Within("a task afterwards"));
    }

    [Fact]
    public async Task ThreadBound_ManyBlockedTasks_WhatTheyWaitForStillRuns()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1, o => o.MaxWorkerThreads = 8);
        ObjectRef<int>[] trees = [.. Enumerable.Range(0, 4).Select(_ => ray.Remote(Depth, 40))];
        Assert.Equal(160, (await ray.GetAsync(trees).AsTask().Within("nested tasks far beyond the bound of threads")).Sum());
    }

    [Fact]
    public async Task LockHeldAcrossGet_Others_DoNotDeadlock()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        ObjectRef<int>[] tasks = [.. Enumerable.Range(0, 10).Select(_ => ray.Remote(LockAndGet))];
        Assert.Equal(10, (await ray.GetAsync(tasks).AsTask().Within("tasks that hold a lock across Get")).Sum());
    }

    [Fact]
    public async Task GpuTask_BlockedInGet_KeepsItsGpu()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1, o => o.GpusPerNode = 1);
        string name = Signal.NewName();
        ObjectRef<int> blocked = ray.Options(numCpus: 1, numGpus: 1).Remote(GetThenHold, name);
        await Signal.Of(name + ".child").WaitAsync("the child runs");
        Assert.Equal(0, ray.AvailableResources()["GPU"]);
        Signal.Of(name + ".childGo").Set();
        Signal.Of(name + ".go").Set();
        await blocked.Within("the task");
        await Waiting.Until(() => ray.AvailableResources()["GPU"] == 1, "the GPU is free");
    }

    private static readonly Lock Shared = new();

    private static int LockAndGet()
    {
        lock (Shared)
        {
            return Ray.Get(Ray.Remote(() => 1));
        }
    }

    private static int Depth(int depth) => depth == 1 ? 1 : 1 + Ray.Get(Ray.Remote(Depth, depth - 1));

    private static int Fibonacci(int n) => n < 2 ? n : Fibonacci(n - 1) + Fibonacci(n - 2);

    private static int FibonacciRemote(int n)
    {
        if (n < 2)
        {
            return n;
        }

        ObjectRef<int> one = Ray.Remote(FibonacciRemote, n - 1);
        ObjectRef<int> two = Ray.Remote(FibonacciRemote, n - 2);
        return Ray.Get(one) + Ray.Get(two);
    }

    private static async Task<int> FibonacciAsync(int n)
    {
        if (n < 2)
        {
            return n;
        }

        ObjectRef<int> one = Ray.Remote(FibonacciAsync, n - 1);
        ObjectRef<int> two = Ray.Remote(FibonacciAsync, n - 2);
        return await one + await two;
    }

    private static int Work(string inside)
    {
        Signal.Of(inside).Enter();
        Thread.SpinWait(2000);
        Thread.Yield();
        Signal.Of(inside).Leave();
        return 1;
    }

    private static int GetLocal(string key, string inside)
    {
        Signal.Of(inside).Enter();
        int value = Ray.Get(Callers.Get<ObjectRef<int>>(key));
        Thread.SpinWait(2000);
        Signal.Of(inside).Leave();
        return value;
    }

    private static int GetThenHold(string name)
    {
        int one = Ray.Get(Ray.Remote(Child, name));
        Signal.Of(name + ".resumed").Set();
        Signal.Of(name + ".go").Wait();
        return one;
    }

    private static int Child(string name)
    {
        Signal.Of(name + ".child").Set();
        Signal.Of(name + ".childGo").Wait();
        return 1;
    }

    private static int HoldOther(string name)
    {
        Signal.Of(name + ".go").Wait();
        return 2;
    }

    private static int Hold(string gate)
    {
        Signal.Of(gate).Wait();
        return 1;
    }

    private static int GetKept(string key) => Ray.Get(Callers.Get<ObjectRef<int>>(key));
}
