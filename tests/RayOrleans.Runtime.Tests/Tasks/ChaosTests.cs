using System.Runtime.CompilerServices;

namespace RayOrleans.Runtime.Tests.Tasks;

/// <summary>Random work from many threads, with cancels, frees, timeouts and drops; every result is right or the error that was asked for.</summary>
public sealed class ChaosTests
{
    private const int Threads = 8;

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    public async Task RandomWork_FromEightThreads_IsRightAndLeavesNothing(double cpus, bool inline)
    {
        await using IRay ray = await Nodes.StartAsync(cpus, o => o.InlineExecution = inline);
        int seed = Environment.TickCount;
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Threads).Select(t => Patience.OnThread(() => Drive(ray, seed + t), $"thread {t}")));
            await ray.AssertNothingIsLeftAsync();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
        }
    }

    [Fact]
    public async Task Disposal_WhileEightThreadsWork_EndsThemAll()
    {
        for (int round = 0; round < 5; round++)
        {
            IRay ray = await Nodes.StartAsync(2);
            Gate started = Gate.New();
            Task[] drivers = [.. Enumerable.Range(0, Threads).Select(t => Patience.OnThread(() => DriveUntilStopped(ray, started), $"thread {t}"))];
            started.AwaitArrivals(Threads * 20);
            await ray.DisposeAsync().AsTask().WaitAsync(Patience.Limit);
            await Task.WhenAll(drivers);
        }
    }

    [Fact]
    public async Task LargeValues_FromManyThreads_ShareASmallStore()
    {
        await using IRay ray = await Nodes.StartAsync(2);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(t => Patience.OnThread(
            () =>
            {
                for (int i = 0; i < 12; i++)
                {
                    PassAround(ray, (byte)((t * 20) + i));
                }
            },
            $"thread {t}")));
        await ray.AssertNothingIsLeftAsync();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PassAround(IRay ray, byte mark)
    {
        byte[] data = new byte[2 << 20];
        data.AsSpan().Fill(mark);
        using ObjectRef<byte[]> put = ray.Put(data);
        using ObjectRef<byte[]> copy = ray.Remote(d => d, put);
        Assert.Equal(-1, ray.Get(copy).AsSpan().IndexOfAnyExcept(mark));
        Assert.Equal(mark * 2, ray.Get(ray.Remote((a, b) => a[^1] + b[0], put, copy)));
    }

    private static void DriveUntilStopped(IRay ray, Gate started)
    {
        try
        {
            for (int i = 0; ; i++)
            {
                started.Arrive();
                Assert.Equal(i + 2, ray.Get(ray.Remote(Nested, i)));
                Assert.Equal(3, ray.Get(ray.Map(new[] { i, i, i }, Increment)).Count);
            }
        }
        catch (RayException e) when (e is NodeDiedException or ObjectLostException || e.GetBaseException() is NodeDiedException or ObjectLostException)
        {
            // The runtime was shut down under it, and said so.
        }
    }

    private static void Drive(IRay ray, int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 150; round++)
        {
            int x = random.Next(1_000);
            switch (random.Next(8))
            {
                case 0:
                    Assert.Equal(x + 2, ray.Get(ray.Remote(Nested, x)));
                    break;
                case 1:
                    CancelSome(ray, random, x);
                    break;
                case 2:
                    FreeOne(ray, x);
                    break;
                case 3:
                    (ObjectRef<int> a, ObjectRef<string> b) = ray.Remote(n => (n, n.ToString()), x);
                    if (x % 2 == 0)
                    {
                        a.Dispose();
                    }

                    Assert.Equal(x.ToString(), ray.Get(b));
                    break;
                case 4:
                    TimeOut(ray, x);
                    break;
                case 5:
                    List<ObjectRef<int>> nested = [ray.Put(x), ray.Remote(Increment, x)];
                    Assert.Equal((2 * x) + 1, ray.Get(ray.Remote(refs => Ray.Get(refs).Sum(), nested)));
                    break;
                case 6:
                    Assert.Equal(x + 3, ray.GetAsync(ray.Remote(NestedAsync, x)).AsTask().GetAwaiter().GetResult());
                    break;
                default:
                    ObjectRef<int> failing = ray.Options(maxRetries: 2, retryExceptions: true).Remote(n => n >= 0 ? throw new FormatException() : n, x);
                    ObjectRef<int> after = ray.Remote(Increment, failing);
                    Assert.IsType<FormatException>(Assert.Throws<RayTaskException>(() => ray.Get(after)).InnerException);
                    break;
            }
        }
    }

    private static void CancelSome(IRay ray, Random random, int x)
    {
        ObjectRef<int>[] chain = new ObjectRef<int>[10];
        chain[0] = ray.Remote(Nested, x);
        for (int i = 1; i < chain.Length; i++)
        {
            chain[i] = ray.Remote(Increment, chain[i - 1]);
        }

        ray.Cancel(chain[random.Next(chain.Length)], recursive: x % 2 == 0);
        try
        {
            Assert.Equal(x + 11, ray.Get(chain[^1]));
        }
        catch (RayTaskCancelledException)
        {
            // It was cancelled in time.
        }
    }

    private static void FreeOne(IRay ray, int x)
    {
        ObjectRef<int> put = ray.Put(x);
        ObjectRef<int> user = ray.Remote(Increment, put);
        ray.Free(put);
        try
        {
            Assert.Equal(x + 1, ray.Get(user));
        }
        catch (Exception e) when (e is ObjectLostException || e.GetBaseException() is ObjectLostException)
        {
            // It was freed in time.
        }
    }

    private static void TimeOut(IRay ray, int x)
    {
        ObjectRef<int> task = ray.Remote(Nested, x);
        try
        {
            Assert.Equal(x + 2, ray.Get(task, TimeSpan.FromTicks(x)));
        }
        catch (GetTimeoutException)
        {
            Assert.Equal(x + 2, ray.Get(task));
        }

        ray.Wait([task, ray.Remote(Increment, x)], 2, TimeSpan.FromTicks(x));
    }

    private static int Increment(int x) => x + 1;

    private static int Nested(int x) => Ray.Get(Ray.Remote(Increment, x)) + 1;

    private static async Task<int> NestedAsync(int x)
    {
        int[] both = await Task.WhenAll(Ray.Remote(Increment, x).AsTask(), Ray.Remote(Increment, x).AsTask());
        return await Ray.Remote(Nested, both[1]);
    }
}
