namespace RayOrleans.Runtime.Tests.Tasks;

public sealed class ScaleTests
{
    [Fact]
    public async Task Chain_OfAHundredThousandTasks_GivesItsEnd()
    {
        const int Length = 100_000;
        await using IRay ray = await Nodes.StartAsync();
        int end = await Patience.OnThread(
            () =>
            {
                ObjectRef<int> last = ray.Put(0);
                for (int i = 0; i < Length; i++)
                {
                    last = ray.Remote(Increment, last);
                }

                return ray.Get(last);
            },
            "a chain of 100,000 tasks");
        Assert.Equal(Length, end);
        await ray.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Chain_WhoseHeadFails_FailsToItsEnd()
    {
        const int Length = 100_000;
        await using IRay ray = await Nodes.StartAsync();
        Gate gate = Gate.New();
        ObjectRef<int> last = ray.Remote(
            new Func<Gate, int>(g =>
            {
                g.Enter();
                throw new FormatException();
            }), gate);
        for (int i = 0; i < Length; i++)
        {
            last = ray.Remote(Increment, last);
        }

        gate.Open();
        Assert.IsType<FormatException>((await Assert.ThrowsAsync<RayTaskException>(() => last.Soon())).InnerException);
    }

    [Fact]
    public async Task Drivers_OnEightThreads_GetWhatTheyAskedFor()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int> shared = ray.Put(1_000);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(t => Patience.OnThread(() => Drive(ray, shared, t), $"driver thread {t}")));
        shared.Dispose();
        await ray.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Driver_FarAheadOfItsTasks_WaitsForThem()
    {
        await using IRay ray = await Nodes.StartAsync(configure: o => o.MaxPendingTasks = 100);
        int most = 0;
        await Patience.OnThread(
            () =>
            {
                for (int i = 0; i < 5_000; i++)
                {
                    _ = ray.Remote(Increment, i);
                    most = Math.Max(most, (int)ray.Services().Pool.DriverRay!.Job.Unfinished);
                }
            },
            "5,000 submissions of which 100 may be pending");
        Assert.InRange(most, 1, 100);
    }

    [Fact]
    public async Task Shapes_InGreatNumber_AreForgottenAgain()
    {
        await using IRay ray = await Nodes.StartAsync(2);
        ObjectRef<int>[] tasks = [.. Enumerable.Range(1, 2_000).Select(i => ray.Options(numCpus: i / 10_000.0).Remote(Increment, i))];
        Assert.Equal(2_000, ray.Get(tasks, Patience.Limit).Count);
        for (int i = 2_001; i < 2_500; i++)
        {
            await ray.Options(numCpus: i / 10_000.0).Remote(Increment, i).Soon();
        }
    }

    [Fact]
    public async Task Wait_InALoopOverManyPending_TakesThemOneByOne()
    {
        await using IRay ray = await Nodes.StartAsync();
        IReadOnlyList<ObjectRef<int>> pending = [.. Enumerable.Range(0, 2_000).Select(i => ray.Remote(Increment, i))];
        int sum = await Patience.OnThread(
            () =>
            {
                int total = 0;
                while (pending.Count > 0)
                {
                    (IReadOnlyList<ObjectRef<int>> ready, pending) = ray.Wait(pending);
                    total += ray.Get(ready[0]);
                }

                return total;
            },
            "2,000 waits for one of the rest");
        Assert.Equal(Enumerable.Range(1, 2_000).Sum(), sum);
    }

    private static void Drive(IRay ray, ObjectRef<int> shared, int thread)
    {
        Random random = new(thread);
        for (int round = 0; round < 60; round++)
        {
            int x = random.Next(1_000);
            switch (random.Next(6))
            {
                case 0:
                    Assert.Equal(x + 1_000, ray.Get(ray.Remote(Sum, shared, x)));
                    break;
                case 1:
                    ObjectRef<int>[] many = [.. Enumerable.Range(0, 20).Select(i => ray.Remote(Sum, x, i))];
                    Assert.Equal(Enumerable.Range(x, 20), ray.Get(many));
                    break;
                case 2:
                    ObjectRef<int> chain = ray.Put(x);
                    for (int i = 0; i < 20; i++)
                    {
                        chain = ray.Remote(Increment, chain);
                    }

                    Assert.Equal(x + 20, ray.Get(chain));
                    break;
                case 3:
                    Assert.Equal(x + 2, ray.Get(ray.Remote(Nested, x)));
                    break;
                case 4:
                    string text = new((char)('a' + (x % 26)), 1_000 + x);
                    Assert.Equal(text, ray.Get(ray.Remote(Echo, ray.Put(text))));
                    break;
                default:
                    ObjectRef<int>[] few = [.. Enumerable.Range(0, 10).Select(i => ray.Remote(Increment, i))];
                    WaitResult<int> half = ray.Wait(few, 5);
                    Assert.Equal(5, half.Ready.Count);
                    Assert.Equal(5, half.NotReady.Count);
                    break;
            }
        }
    }

    private static int Increment(int x) => x + 1;

    private static int Sum(int a, int b) => a + b;

    private static int Nested(int x) => Ray.Get(Ray.Remote(Increment, x)) + 1;

    private static string Echo(string text) => text;
}
