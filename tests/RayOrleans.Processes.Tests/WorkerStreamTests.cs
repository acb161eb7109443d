using RayOrleans.Processes.Tests.Harness;

namespace RayOrleans.Processes.Tests;

/// <summary>Streams whose producers and readers run in worker processes of a silo that was never built with them.</summary>
[Collection("processes")]
public sealed class WorkerStreamTests
{
    private const string Program = """
        using RayOrleans;

        await using IRay ray = await Ray.InitAsync(args[0], o => { o.CpusPerNode = 1; o.ObjectStoreBytes = 64 << 20; });
        RemoteOptions job = ray.Options(isolation: Isolation.JobProcess, schedulingStrategy: SchedulingStrategy.NodeAffinity(NodeId.Parse(args[1])));
        Console.WriteLine("order " + await job.Remote(Readers.Order));
        Console.WriteLine("references " + await job.Remote(Readers.References));
        Console.WriteLine("large " + await job.Remote(Readers.Large));
        Console.WriteLine("window " + await job.Remote(Readers.Window));
        Console.WriteLine("left " + await job.Remote(Readers.LeavesEarly));
        Console.WriteLine("killed " + await job.Remote(Readers.ProducerIsKilled));
        Console.WriteLine("fails " + await job.Remote(Readers.ProducerFails));
        Console.WriteLine("actor " + await job.Remote(Readers.OfActor));
        ObjectRef<int> cancelled = job.Remote(Readers.Endless, "cancelled");
        await Keys.Wait("cancelled read");
        ray.Cancel(cancelled);
        await Keys.Wait("cancelled stopped");
        RemoteOptions own = ray.Options(isolation: Isolation.Process, maxRetries: 0, schedulingStrategy: SchedulingStrategy.NodeAffinity(NodeId.Parse(args[1])));
        ObjectRef<int> crashed = own.Remote(Readers.Crashes, "crashed");
        await Keys.Wait("crashed stopped");
        try
        {
            await crashed;
        }
        catch (WorkerCrashedException)
        {
            Console.WriteLine("readers ended, producers stopped");
        }

        internal static class Keys
        {
            public static async Task Wait(string key)
            {
                while (await Ray.Kv.GetAsync(key) is null)
                {
                    await Task.Delay(5);
                }
            }

            public static void Set(string key) => Ray.Kv.PutAsync(key, new byte[] { 1 }).AsTask().GetAwaiter().GetResult();

            public static bool Has(string key) => Ray.Kv.GetAsync(key).AsTask().GetAwaiter().GetResult() is not null;
        }

        internal static class Readers
        {
            public static async Task<string> Order()
            {
                RemoteOptions own = Ray.Options(isolation: Isolation.Process);
                using ObjectRefStream<int> here = Ray.Stream(Producers.Count, 1000);
                using ObjectRefStream<int> there = own.Stream(Producers.Count, 300);
                using ObjectRefStream<int> asynchronous = own.Stream(Producers.CountAsync, 300);
                using ObjectRefStream<int> none = own.Stream(Producers.Count, 0);
                int processes = (await own.Remote(static () => Environment.ProcessId)) == Environment.ProcessId ? 1 : 2;
                return $"{await Ordered(here)} {await Ordered(there)} {await Ordered(asynchronous)} {await Ordered(none)} in {processes} processes";
            }

            public static async Task<string> References()
            {
                using ObjectRefStream<List<ObjectRef<string>>> stream = Ray.Options(isolation: Isolation.Process).Stream(Producers.Lists, 5);
                string all = "";
                await foreach (ObjectRef<List<ObjectRef<string>>> item in stream)
                {
                    foreach (ObjectRef<string> inner in await item)
                    {
                        all += await inner;
                    }
                }

                return all;
            }

            public static async Task<string> Large()
            {
                using ObjectRefStream<int[]> stream = Ray.Options(isolation: Isolation.Process).Stream(Producers.Arrays, 12);
                long sum = 0;
                await foreach (ObjectRef<int[]> item in stream)
                {
                    sum += (await item).Sum(x => (long)x);
                }

                return $"{sum}";
            }

            public static async Task<string> Window()
            {
                using ObjectRefStream<bool> stream = Ray.Options(isolation: Isolation.Process).Stream(Producers.Ahead, 10_000);
                await Keys.Wait("window full");
                for (int i = 0; i < 50; i++)
                {
                    // A producer that does not wait is past its window by the time of these answers.
                    await Ray.Kv.GetAsync("window");
                }

                Keys.Set("window read");
                int held = 0;
                await foreach (ObjectRef<bool> item in stream)
                {
                    held += await item ? 1 : 0;
                }

                return $"{held}";
            }

            public static async Task<string> LeavesEarly()
            {
                int taken = 0;
                using (ObjectRefStream<int> stream = Ray.Options(isolation: Isolation.Process).Stream(Producers.Endless, "left"))
                {
                    await foreach (ObjectRef<int> item in stream)
                    {
                        taken += await item;
                        if (taken == 3)
                        {
                            break;
                        }
                    }
                }

                await Keys.Wait("left stopped");
                return $"{taken}";
            }

            public static async Task<string> ProducerIsKilled()
            {
                RemoteOptions own = Ray.Options(isolation: Isolation.Process, maxRetries: 1);
                using ObjectRefStream<int> killed = own.Stream(Producers.IsKilled, 40);
                using ObjectRefStream<int> exits = own.Stream(Producers.Exits, 40);
                return $"{await Ordered(killed)} {await Ordered(exits)}";
            }

            public static async Task<string> ProducerFails()
            {
                using ObjectRefStream<int> stream = Ray.Options(isolation: Isolation.Process).Stream(Producers.Fails, 3);
                int items = 0;
                try
                {
                    await foreach (ObjectRef<int> item in stream)
                    {
                        items += await item == items ? 1 : 1000;
                    }
                }
                catch (RayTaskException e)
                {
                    return $"{items} {e.InnerException!.Message}";
                }

                return "not";
            }

            public static async Task<string> OfActor()
            {
                ActorHandle<Source> own = Ray.Options(isolation: Isolation.Process).Actor(static () => new Source());
                ActorHandle<Source> shared = Ray.Actor(static () => new Source());
                using ObjectRefStream<int> one = own.Stream(static s => s.Count(200));
                using ObjectRefStream<int> two = shared.Stream(static s => s.CountAsync(200));
                return $"{await Ordered(one)} {await Ordered(two)} {await own.Remote(static s => s.Made)}";
            }

            public static async Task<int> Endless(string name)
            {
                using ObjectRefStream<int> stream = Ray.Options(isolation: Isolation.Process).Stream(Producers.Endless, name);
                int sum = 0;
                await foreach (ObjectRef<int> item in stream)
                {
                    sum += await item;
                    if (sum == 10)
                    {
                        await Ray.Kv.PutAsync($"{name} read", new byte[] { 1 });
                    }
                }

                return sum;
            }

            public static async Task<int> Crashes(string name)
            {
                ObjectRefStream<int> stream = Ray.Options(isolation: Isolation.Process).Stream(Producers.Endless, name);
                await foreach (ObjectRef<int> item in stream)
                {
                    await item;
                    Environment.Exit(9);
                }

                return 0;
            }

            private static async Task<string> Ordered(ObjectRefStream<int> stream)
            {
                int next = 0;
                await foreach (ObjectRef<int> item in stream)
                {
                    int value = await item;
                    if (value != next++)
                    {
                        return $"{value} as number {next - 1}";
                    }
                }

                return $"{next}";
            }
        }

        internal sealed class Source
        {
            public int Made { get; private set; }

            public IEnumerable<int> Count(int count)
            {
                for (int i = 0; i < count; i++)
                {
                    Made++;
                    yield return i;
                }
            }

            public async IAsyncEnumerable<int> CountAsync(int count)
            {
                for (int i = 0; i < count; i++)
                {
                    await Task.Yield();
                    yield return i;
                }
            }
        }

        internal static class Producers
        {
            public static IEnumerable<int> Count(int count) => Enumerable.Range(0, count);

            public static async IAsyncEnumerable<int> CountAsync(int count)
            {
                for (int i = 0; i < count; i++)
                {
                    await Task.Yield();
                    yield return i;
                }
            }

            public static IEnumerable<List<ObjectRef<string>>> Lists(int count)
            {
                for (int i = 0; i < count; i++)
                {
                    yield return [Ray.Put($"p{i}"), Ray.Remote(static (int x) => $"t{x}", i)];
                }
            }

            public static IEnumerable<int[]> Arrays(int count)
            {
                for (int i = 0; i < count; i++)
                {
                    yield return Enumerable.Repeat(i, 100_000).ToArray();
                }
            }

            public static IEnumerable<bool> Ahead(int window)
            {
                for (int i = 0; i < window; i++)
                {
                    if (i == window - 1)
                    {
                        Keys.Set("window full");
                    }

                    yield return false;
                }

                yield return Keys.Has("window read");
            }

            public static IEnumerable<int> Endless(string name)
            {
                try
                {
                    while (true)
                    {
                        yield return 1;
                    }
                }
                finally
                {
                    Keys.Set($"{name} stopped");
                }
            }

            public static IEnumerable<int> IsKilled(int count)
            {
                for (int i = 0; i < count; i++)
                {
                    if (i == count / 2 && Ray.Context.Attempt < 3)
                    {
                        System.Diagnostics.Process.GetCurrentProcess().Kill();
                    }

                    yield return i;
                }
            }

            public static IEnumerable<int> Exits(int count)
            {
                for (int i = 0; i < count; i++)
                {
                    if (i == count / 2 && Ray.Context.Attempt == 0)
                    {
                        Environment.Exit(3);
                    }

                    yield return i;
                }
            }

            public static IEnumerable<int> Fails(int count)
            {
                for (int i = 0; i < count; i++)
                {
                    yield return i;
                }

                throw new InvalidOperationException("no more");
            }
        }
        """;

    [Fact]
    public async Task Streams_InWorkerProcesses_DoEverything()
    {
        await using Silos silos = new();
        RealSilo silo = await silos.RealAsync("--cpus", "2");
        using DriverProgram program = new(Program);
        await program.BuildAsync();
        await using DriverProcess run = new(program, silo.Address, silo.NodeId);

        Assert.Equal(
            [
                "order 1000 300 300 0 in 2 processes", "references p0t0p1t1p2t2p3t3p4t4", "large 6600000", "window 1", "left 3", "killed 40 40", "fails 3 no more",
                "actor 200 200 200", "readers ended, producers stopped",
            ],
            (await run.ResultAsync()).Split('\n'));
    }
}
