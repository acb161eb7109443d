namespace RayOrleans.Runtime.Tests;

/// <summary>Running the awaited task in place of waiting for it. Short functions are tried until the runtime trusts them.</summary>
public sealed class InlineTests
{
    private static readonly AsyncLocal<string?> Local = new();

    [ThreadStatic]
    private static int t_depth;

    [Fact]
    public async Task Get_ShortReadyTask_RunsOnTheWaitingThread()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        Assert.True(await ray.Remote(SomeRunInPlace).Within("the task"));
    }

    [Fact]
    public async Task Get_OptionOff_NeverRunsOnTheWaitingThread()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1, o => o.InlineExecution = false);
        Assert.False(await ray.Remote(SomeRunInPlace).Within("the task"));
    }

    [Fact]
    public async Task Get_WithTimeout_NeverRunsOnTheWaitingThread()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        Assert.False(await ray.Remote(TimedRunsInPlace).Within("the task"));
    }

    [Fact]
    public async Task Get_UnderASynchronizationContext_NeverRunsOnTheWaitingThread()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        Assert.False(await ray.Remote(ContextRunsInPlace).Within("the task"));
    }

    [Fact]
    public async Task Context_InsideAndAfterAnInlinedTask_IsRight()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        Assert.Equal("", await ray.Options(numCpus: 0.5).Remote(CheckContexts).Within("the task"));
    }

    [Fact]
    public async Task AsyncLocal_OfTheWaiter_IsNotSeenInlineAndIsRestored()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        Assert.Equal("", await ray.Remote(CheckLocals).Within("the task"));
    }

    [Fact]
    public async Task Depth_OfInlinedTasks_IsBounded()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        await ray.Remote(Nest, 3).Within("the warm-up");
        int deepest = 0;
        for (int i = 0; i < 30; i++)
        {
            deepest = Math.Max(deepest, await ray.Remote(Nest, 60).Within("60 nested tasks"));
        }

        Assert.InRange(deepest, 1, 20);
    }

    [Fact]
    public async Task Failure_OfAnInlinedTask_IsTheWaiters()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        Assert.Equal(50, await ray.Remote(CountFailures).Within("the task"));
        await Waiting.Until(() => ray.FreeCpu() == 1, "the CPU is free");
    }

    [Fact]
    public async Task DriverThread_GetInline_KeepsItsOwnContext()
    {
        await using IRay ray = await TestNode.StartAsync(cpus: 1);
        string? problem = null;
        Thread driver = new(() =>
        {
            using (Ray.Use(ray))
            {
                Local.Value = "driver";
                TaskId own = Ray.Context.TaskId;
                for (int i = 0; i < 200 && problem is null; i++)
                {
                    string? seen = Ray.Get(Ray.Remote(ReadAndSetLocal));
                    problem = seen is not null ? $"a task saw {seen}" : Local.Value != "driver" ? $"the driver saw {Local.Value}" : Ray.Context.TaskId != own ? "the driver has a task's context" : null;
                }
            }
        });
        driver.Start();
        Assert.True(driver.Join(Signal.Limit), "the driver thread ended");
        Assert.Null(problem);
        await Waiting.Until(() => ray.FreeCpu() == 1, "the CPU is free");
    }

    private static int ThreadId() => Environment.CurrentManagedThreadId;

    private static bool SomeRunInPlace()
    {
        bool inPlace = false;
        for (int i = 0; i < 200; i++)
        {
            inPlace |= Ray.Get(Ray.Remote(ThreadId)) == Environment.CurrentManagedThreadId;
        }

        return inPlace;
    }

    private static bool TimedRunsInPlace()
    {
        bool inPlace = false;
        for (int i = 0; i < 200; i++)
        {
            inPlace |= Ray.Get(Ray.Remote(ThreadId), Signal.Limit) == Environment.CurrentManagedThreadId;
        }

        return inPlace;
    }

    private static bool ContextRunsInPlace()
    {
        bool inPlace = false;
        SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
        try
        {
            for (int i = 0; i < 200; i++)
            {
                inPlace |= Ray.Get(Ray.Remote(ThreadId)) == Environment.CurrentManagedThreadId;
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }

        return inPlace;
    }

    private static string CheckContexts()
    {
        RayContext own = Ray.Context;
        for (int i = 0; i < 200; i++)
        {
            ObjectRef<string> reference = Ray.Remote(static () => $"{Ray.Context.TaskId} {Ray.Context.AssignedResources["CPU"]}");
            string inner = Ray.Get(reference);
            if (inner != $"{reference.Id.Task} 1")
            {
                return $"inside: {inner}, expected {reference.Id.Task} 1";
            }

            RayContext after = Ray.Context;
            if (after.TaskId != own.TaskId || after.AssignedResources["CPU"] != 0.5)
            {
                return $"afterwards: {after.TaskId} instead of {own.TaskId}";
            }
        }

        return "";
    }

    private static string? ReadAndSetLocal()
    {
        string? before = Local.Value;
        Local.Value = "inner";
        return before;
    }

    private static string CheckLocals()
    {
        Local.Value = "outer";
        for (int i = 0; i < 200; i++)
        {
            if (Ray.Get(Ray.Remote(ReadAndSetLocal)) is { } seen)
            {
                return $"the inner task saw {seen}";
            }

            if (Local.Value != "outer")
            {
                return $"the outer task saw {Local.Value}";
            }
        }

        return "";
    }

    /// <summary>The most tasks of this chain that were on one thread's stack at a time.</summary>
    private static int Nest(int left)
    {
        t_depth++;
        try
        {
            return left == 0 ? t_depth : Math.Max(t_depth, Ray.Get(Ray.Remote(Nest, left - 1)));
        }
        finally
        {
            t_depth--;
        }
    }

    private static int CountFailures()
    {
        int failures = 0;
        for (int i = 0; i < 50; i++)
        {
            try
            {
                Ray.Get(Ray.Remote(Fail));
            }
            catch (RayTaskException e) when (e.InnerException is InvalidOperationException)
            {
                failures++;
            }
        }

        return failures;
    }

    private static int Fail() => throw new InvalidOperationException("inline");
}
