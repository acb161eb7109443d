namespace RayOrleans.Runtime.Tests.Tasks;

public sealed class NestedCallTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NestedTasks_ThreeDeepOnOneCpu_AllFinish(bool inline)
    {
        await using IRay ray = await Nodes.StartAsync(1, o => o.InlineExecution = inline);
        ObjectRef<int>[] tops = [.. Enumerable.Range(0, 1_000).Select(i => ray.Remote(Outer, i))];
        IReadOnlyList<int> values = await Patience.OnThread(() => ray.Get(tops), "1,000 three-deep tasks on one CPU");
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => i + 3), values);
    }

    [Fact]
    public async Task NestedTasks_HundredDeepOnOneCpu_Finish()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        Assert.Equal(100, await ray.Remote(Descend, 100).Soon());
    }

    [Fact]
    public async Task NestedTasks_ThatAwait_FreeTheirCpu()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        Assert.Equal(50, await ray.Remote(DescendAsync, 50).Soon());
    }

    [Fact]
    public async Task BlockedTask_GivesItsCpuBack_AndTakesItAgain()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        Gate gate = Gate.New();
        ObjectRef<int> parent = ray.Remote(g => Ray.Get(Ray.Remote(x => x.Enter(), g)) + 1, gate);
        gate.AwaitArrivals(1);
        gate.Open();
        Assert.Equal(2, await parent.Soon());
        Patience.Until(() => ray.FreeCpus() == 1, "the one CPU was free again");
    }

    [Fact]
    public async Task TaskThatReturnsAReference_GivesAReferenceToIt()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<ObjectRef<int>> outer = ray.Remote(() => Ray.Remote(() => 7));
        ObjectRef<int> inner = await outer.Soon();
        Assert.Equal(7, await inner.Soon());
    }

    [Fact]
    public async Task GetInsideATask_OfWhatIsThere_DoesNotFreeTheCpu()
    {
        await using IRay ray = await Nodes.StartAsync(2);
        ObjectRef<int> there = ray.Put(1);
        Gate entered = Gate.New();
        Gate left = Gate.New();
        ObjectRef<int>[] tasks = [.. Enumerable.Range(0, 20).Select(_ => ray.Remote(
            (r, e, l) =>
            {
                int inside = e.Arrive() - l.Arrivals;
                for (int i = 0; i < 1_000; i++)
                {
                    Ray.Get(r);
                }

                l.Arrive();
                return inside;
            },
            ObjectRefOf(ray, there),
            entered,
            left))];
        Assert.All(ray.Get(tasks, Patience.Limit), inside => Assert.InRange(inside, 1, 2));
    }

    [Fact]
    public async Task FlowThatOutlivesItsTask_DoesNotChangeTheFreeCpus()
    {
        await using IRay ray = await Nodes.StartAsync(2);
        Gate gate = Gate.New();
        Gate ended = Gate.New();
        ObjectRef<int> late = ray.Options(numCpus: 0).Remote(g => g.Enter(), gate);
        await ray.Remote(
            (r, e) =>
            {
                _ = Task.Run(() =>
                {
                    Gate done = e;
                    done.Enter();
                    Ray.Get(r);
                    done.Arrive();
                });
            },
            ObjectRefOf(ray, late),
            ended).Soon();
        Patience.Until(() => ray.FreeCpus() == 2, "the task had given its CPU back");
        ended.AwaitArrivals(1);
        ended.Open();
        Patience.Until(() => ray.Services().Gate.Do(e => e.Entries().Count(x => x.Id == late.Id)) == 1, "the late task was listed");
        gate.Open();
        ended.AwaitArrivals(2);
        Patience.Until(() => ray.FreeCpus() == 2, "exactly two CPUs were free");
    }

    [Fact]
    public async Task BlockingWaits_OnThreadsThatATaskStarts_GiveTheCpuBackOnce()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        int sum = await ray.Remote(() =>
        {
            int total = 0;
            Parallel.For(0, 8, i => Interlocked.Add(ref total, Ray.Get(Ray.Remote(Inner, i))));
            return total;
        }).Soon();
        Assert.Equal(36, sum);
        Patience.Until(() => ray.FreeCpus() == 1, "exactly one CPU was free");
    }

    [Fact]
    public async Task BlockingWait_InsideAnAsynchronousBody_Ends()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        int value = await ray.Remote(async () =>
        {
            int first = Ray.Get(Ray.Remote(Inner, 1));
            await Task.Yield();
            return first + Ray.Get(Ray.Remote(Middle, 1)) + Ray.Remote(Inner, 1).AsTask().Result;
        }).Soon();
        Assert.Equal(7, value);
        Patience.Until(() => ray.FreeCpus() == 1, "exactly one CPU was free");
    }

    [Fact]
    public async Task NestedTasks_BeyondTheBoundOfThreads_Finish()
    {
        await using IRay ray = await Nodes.StartAsync(1, o =>
        {
            o.MaxWorkerThreads = 2;
            o.InlineExecution = false;
        });
        ObjectRef<int>[] tops = [.. Enumerable.Range(0, 50).Select(i => ray.Options(numCpus: 0).Remote(Outer, i))];
        Assert.Equal(Enumerable.Range(0, 50).Select(i => i + 3), await Patience.OnThread(() => ray.Get(tops), "50 nested tasks on few threads"));
    }

    [Fact]
    public async Task Submissions_OfATask_HaveItAsTheirParent()
    {
        await using IRay ray = await Nodes.StartAsync();
        (TaskId parent, TaskId child) = await ray.Remote(() => (Ray.Context.TaskId, Ray.Get(Ray.Remote(() => Ray.Context.TaskId)))).Soon();
        TaskInfo info = Assert.Single(ray.State.Tasks(t => t.TaskId == child));
        Assert.Equal(parent, info.ParentTaskId);
    }

    private static ObjectRef<ObjectRef<int>> ObjectRefOf(IRay ray, ObjectRef<int> reference) => ray.Put(reference);

    private static int Outer(int x) => Ray.Get(Ray.Remote(Middle, x)) + 1;

    private static int Middle(int x) => Ray.Get(Ray.Remote(Inner, x)) + 1;

    private static int Inner(int x) => x + 1;

    private static int Descend(int depth) => depth == 0 ? 0 : Ray.Get(Ray.Remote(Descend, depth - 1)) + 1;

    private static async Task<int> DescendAsync(int depth) => depth == 0 ? 0 : await Ray.Remote(DescendAsync, depth - 1) + 1;
}
