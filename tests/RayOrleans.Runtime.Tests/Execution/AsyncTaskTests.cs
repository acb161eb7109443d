namespace RayOrleans.Runtime.Tests;

public sealed class AsyncTaskTests
{
    private static readonly AsyncLocal<string?> Local = new();

    [Fact]
    public async Task AsyncTask_AfterEveryAwait_IsOnAnOwnedThread()
    {
        await using IRay ray = await TestNode.StartAsync();
        ObjectRef<string> threads = ray.Remote(async () =>
        {
            string first = Thread.CurrentThread.Name ?? "pool";
            await Task.Yield();
            string second = Thread.CurrentThread.Name ?? "pool";
            await Task.Run(() => 1);
            string third = Thread.CurrentThread.Name ?? "pool";
            await Ray.Remote(() => 1);
            return $"{first} {second} {third} {Thread.CurrentThread.Name ?? "pool"}";
        });
        Assert.All((await threads.Within("the task")).Split(' '), t => Assert.StartsWith("ray-worker-", t));
    }

    [Fact]
    public async Task SyncTask_BlocksOnItsOwnAsyncCode_Ends()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        ObjectRef<int> task = ray.Remote(static () => Nested().GetAwaiter().GetResult());
        Assert.Equal(3, await task.Within("a synchronous task that blocks on asynchronous code which needs the CPU"));
        await Waiting.Until(() => ray.FreeCpu() == 1, "the CPU is free");
    }

    [Fact]
    public async Task AsyncTask_BlocksOnItsOwnAsyncCode_Ends()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        ObjectRef<int> task = ray.Remote(static async () =>
        {
            await Task.Yield();
            return Nested().GetAwaiter().GetResult();
        });
        Assert.Equal(3, await task.Within("an asynchronous task that blocks on its own asynchronous code"));
        await Waiting.Until(() => ray.FreeCpu() == 1, "the CPU is free");
    }

    [Fact]
    public async Task AsyncTask_AwaitsSeveralAtOnce_GivesItsCpuBackUntilAllAreThere()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        using ActorHandle<Sleeper> sleeper = ray.Options(numCpus: 0).Actor(static () => new Sleeper());
        ObjectRef<int> task = ray.Remote(
            static async s =>
            {
                // The second can start only when the first is there already, and needs the CPU then.
                ObjectRef<int> later = s.Remote(static x => x.Later(6));
                int[] all = await Task.WhenAll(Ray.Remote(static () => 4).AsTask(), Ray.Remote(static n => n, later).AsTask());
                return all.Sum();
            },
            sleeper);
        Assert.Equal(10, await task.Within("a task that awaits several of its children, which need its CPU one after the other"));
        await Waiting.Until(() => ray.FreeCpu() == 1, "the CPU is free");
    }

    /// <summary>The CPU that is lent while a turn's thread is stuck must not be taken back after the turn: nothing would ever give it back again.</summary>
    [Fact]
    public async Task AsyncTask_ThatWasStuckWhileItAwaited_LeavesItsCpuFreeWhenItOnlyAwaits()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        for (int round = 0; round < 10; round++)
        {
            // In the first rounds the rest of the turn is compiled, which takes long enough for the CPU to be taken back in time.
            string name = Signal.NewName();
            ObjectRef<int> task = ray.Remote(AwaitAndGetStuck, name);
            await Signal.Of(name + ".awaits").WaitAsync("the task awaits");
            await Waiting.Until(() => ray.FreeCpu() == 1, "the stuck thread's CPU is lent");
            Signal.Of(name + ".stuck").Set();

            // Until whoever looks after stuck threads has seen that this one is none any more.
            await Task.Delay(60);
            Assert.Equal(1, await ray.Remote(static () => 1).AsTask().WaitAsync(Signal.Limit / 2));
            Signal.Of(name).Set();
            Assert.Equal(9, await task.Within("the task that was stuck"));
        }

        await Waiting.Until(() => ray.FreeCpu() == 1, "the CPU is free");
    }

    [Fact]
    public async Task TaskRun_ThatAwaitsObjects_LeavesTheCpuOfItsTaskToThem()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        ObjectRef<int> task = ray.Remote(static async () =>
        {
            // The body awaits first, so no turn of it ends after the objects are awaited.
            await Task.Yield();
            return await Task.Run(static async () =>
            {
                await Task.Delay(20);
                return await Nested();
            });
        });
        Assert.Equal(3, await task.Within("a task whose own flow awaits objects that need its CPU"));
        await Waiting.Until(() => ray.FreeCpu() == 1, "the CPU is free");
    }

    [Fact]
    public async Task TaskRun_InsideATask_SeesItsScope()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        ObjectRef<bool> same = ray.Remote(static async () =>
        {
            TaskId here = Ray.Context.TaskId;
            TaskId there = await Task.Run(() => Ray.Context.TaskId);
            int nested = await Task.Run(() => Ray.Get(Ray.Remote(() => 7)));
            return here == there && nested == 7;
        });
        Assert.True(await same.Within("the task"));
    }

    [Fact]
    public async Task AsyncLocal_OfOneTask_IsNotSeenByTheNext()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        for (int i = 0; i < 50; i++)
        {
            Assert.Null(await ray.Remote(SetLocal).Within("a synchronous task"));
            Assert.Null(await ray.Remote(SetLocalAsync).Within("an asynchronous task"));
        }
    }

    [Fact]
    public async Task AsyncLocal_OfTheDriver_IsNotSeenByTasks()
    {
        await using IRay ray = await TestNode.StartAsync();
        Local.Value = "driver";
        Assert.Null(await ray.Remote(() => Local.Value).Within("the task"));
        Assert.Equal("driver", Local.Value);
    }

    [Fact]
    public async Task AsyncTasks_ThatWaitForEachOther_ShareTheCpu()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        string name = Signal.NewName();
        ObjectRef<int> first = ray.Remote(AwaitRef, name);
        await Signal.Of(name + ".awaits").WaitAsync("the first task awaits");
        Assert.Equal(1, await ray.Remote(() => 1).Within("a task on the CPU that the first gave back"));
        Signal.Of(name).Set();
        Assert.Equal(9, await first.Within("the first task"));
        await Waiting.Until(() => ray.FreeCpu() == 1, "the CPU is free");
    }

    [Fact]
    public async Task Exception_AfterAwait_IsTheTasks()
    {
        await using IRay ray = await TestNode.StartAsync();
        ObjectRef<int> task = ray.Remote(static async () =>
        {
            await Task.Yield();
            return Throw();
        });
        RayTaskException error = await task.Throws<RayTaskException>("the task");
        Assert.Equal("after the await", error.InnerException!.Message);
    }

    [Fact]
    public async Task ConfigureAwaitFalse_RestOfTheTask_StillCompletes()
    {
        await using IRay ray = await TestNode.StartAsync();
        ObjectRef<int> task = ray.Remote(static async () =>
        {
            await Task.Run(() => 1).ConfigureAwait(false);
            return await Ray.Remote(() => 4);
        });
        Assert.Equal(4, await task.Within("the task"));
    }

    [Fact]
    public async Task Reference_AwaitedByManyAndAgain_GivesTheValueEachTime()
    {
        await using IRay ray = await TestNode.StartAsync();
        string gate = Signal.NewName();
        ObjectRef<string> reference = ray.Remote(WaitFor, gate);
        Task<string>[] awaiters = [.. Enumerable.Range(0, 10).Select(async _ => await reference)];
        Signal.Of(gate).Set();
        Assert.All(await Task.WhenAll(awaiters).Within("all awaiters"), value => Assert.Equal(gate, value));
        Assert.Equal(gate, await reference.Within("once more"));
    }

    [Fact]
    public async Task AwaiterCancelled_Task_GoesOn()
    {
        await using IRay ray = await TestNode.StartAsync();
        string gate = Signal.NewName();
        ObjectRef<string> reference = ray.Remote(WaitFor, gate);
        using CancellationTokenSource stop = new();
        Task<string> awaiting = reference.AsTask(stop.Token);
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => awaiting.Within("the cancelled awaiter"));
        Signal.Of(gate).Set();
        Assert.Equal(gate, await reference.Within("the task"));
    }

    private static int Throw() => throw new InvalidOperationException("after the await");

    private static string WaitFor(string gate)
    {
        Signal.Of(gate).Wait();
        return gate;
    }

    private static async Task<int> Nested()
    {
        int one = await Ray.Remote(() => 1);
        int two = await Ray.Remote(() => 2);
        return one + two;
    }

    private static string? SetLocal()
    {
        string? before = Local.Value;
        Local.Value = "task";
        return before;
    }

    private static async Task<string?> SetLocalAsync()
    {
        string? before = Local.Value;
        Local.Value = "task";
        await Task.Yield();
        return before ?? (Local.Value == "task" ? null : "lost");
    }

    private static async Task<int> AwaitRef(string name)
    {
        ObjectRef<int> late = Ray.Options(numCpus: 0).Remote(Late, name);
        Signal.Of(name + ".awaits").Set();
        return await late;
    }

    private static async Task<int> AwaitAndGetStuck(string name)
    {
        Task<int> awaiting = AwaitRef(name);
        Signal.Of(name + ".stuck").Wait();
        return await awaiting;
    }

    private static int Late(string name)
    {
        Signal.Of(name).Wait();
        return 9;
    }

    private sealed class Sleeper
    {
        public int Later(int n)
        {
            Thread.Sleep(200);
            return n;
        }
    }
}
