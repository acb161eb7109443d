using RayOrleans.Processes.Tests.Harness;

namespace RayOrleans.Processes.Tests;

/// <summary>Drivers in processes of their own, attached to a node or connected to it, and what becomes of their jobs.</summary>
[Collection("processes")]
public sealed class DriverTests
{
    private const string Program = """
        using RayOrleans;

        await using IRay ray = await Ray.InitAsync(args[0], o => o.Namespace = args[1]);
        byte[] large = new byte[5_000_000];
        new Random(1).NextBytes(large);
        long sum = large.Sum(b => (long)b);
        ObjectRef<byte[]> put = Ray.Put(large);
        ActorHandle<Tally> tally = Ray.Options(name: "tally").Actor(() => new Tally());
        _ = Ray.Remote(static (CancellationToken stop) => stop.WaitHandle.WaitOne(), CancellationToken.None);
        PlacementGroup group = await Ray.PlacementGroupAsync([new Bundle(cpu: 0.5)]);
        await group.ReadyAsync();
        Console.WriteLine($"job {Ray.Context.JobId}");
        try
        {
            while (Console.ReadLine() is { } word)
            {
                // Values go there and back, small ones and one that lies in the store, and calls keep their order.
                long[] all = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => tally.Remote(static (t, by) => t.Add(by), i).AsTask()));
                long there = await Ray.Remote(static b => b.Sum(x => (long)x), put);
                byte[] back = await Ray.Remote(static b => b.Reverse().ToArray(), put);
                int streamed = 0;
                await foreach (ObjectRef<int> item in Ray.Stream(Items, 100))
                {
                    streamed += await item;
                }

                // Not in the silo, unless it says so.
                bool apart = await Ray.Remote(static () => Environment.ProcessId) != await Ray.Options(isolation: Isolation.InSilo).Remote(static () => Environment.ProcessId);
                Console.WriteLine($"{word} {streamed} {all.Zip(all.Skip(1)).All(p => p.Second >= p.First)} {there == sum} {back.Sum(b => (long)b) == sum && back[0] == large[^1]} {tally.Remote(static t => t.Calls) is { } calls && await calls >= 300} {apart}");
            }
        }
        catch (Exception e)
        {
            Console.WriteLine($"lost {e.GetType().Name}");
            Console.ReadLine();
        }

        static IEnumerable<int> Items(int count) => Enumerable.Range(1, count);

        internal sealed class Tally
        {
            private long _sum;

            public int Calls { get; private set; }

            public long Add(long by)
            {
                Calls++;
                return _sum += by;
            }
        }
        """;

    [Fact]
    public async Task Job_EndsWithItsDriver_HoweverThatEnds_AndNotWithAConnectionThatComesBack()
    {
        await using Silos silos = new();
        RealSilo silo = await silos.RealAsync("--cpus", "4");
        int port = int.Parse(silo.Address[(silo.Address.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
        using DriverProgram program = new(Program);
        await program.BuildAsync();
        await using IRay watcher = await Ray.InitAsync($"local:{port}");

        // An ordinary run has one end of each kind; a soak both.
        string attached = $"local:{port}";
        string remote = $"client://127.0.0.1:{port}";
        foreach (string address in SoakTheoryAttribute.IsAsked ? (string[])[attached, remote] : [attached])
        {
            await using DriverProcess leaves = new(program, address, "one");
            string left = await JobOfAsync(leaves);
            await leaves.SayAsync("first", "first 5050 True True True True True");
            leaves.Leave();
            Assert.Equal(0, await leaves.ExitCodeAsync("the end of the driver"));
            await NothingIsLeftAsync(watcher, left, JobStatus.Succeeded, "one");
        }

        foreach (string address in SoakTheoryAttribute.IsAsked ? (string[])[attached, remote] : [remote])
        {
            await using DriverProcess dies = new(program, address, "two");
            string killed = await JobOfAsync(dies);
            await dies.SayAsync("second", "second 5050 True True True True True");
            dies.Kill();
            await NothingIsLeftAsync(watcher, killed, JobStatus.Failed, "two");
        }

        await using CuttableProxy proxy = new(port);

        await using DriverProcess driver = new(program, $"client://127.0.0.1:{proxy.Port}", "far");
        string job = await JobOfAsync(driver);
        for (int i = 1; i <= 3; i++)
        {
            // Somewhere in the middle of what it does.
            Task answer = driver.SayAsync($"again{i}", $"again{i} 5050 True True True True True");
            int before = proxy.Count;
            proxy.Cut();
            await answer;
            Assert.True(proxy.Count > before, "It has not connected again.");
        }

        proxy.Cut(close: true);
        await NothingIsLeftAsync(watcher, job, JobStatus.Failed, "far");
        await driver.SayAsync("after", "lost NodeDiedException");
    }

    private static async Task<string> JobOfAsync(DriverProcess driver) => (await driver.LineAsync(l => l.StartsWith("job ", StringComparison.Ordinal), "the driver's job"))[4..];

    /// <summary>The job is listed so, its actor is dead, its objects, its placement group and its processes are gone, and its name is free.</summary>
    private static async Task NothingIsLeftAsync(IRay watcher, string job, JobStatus status, string @namespace)
    {
        string last = "";
        DateTime limit = DateTime.UtcNow + ChildProcess.Patience;
        while (DateTime.UtcNow < limit)
        {
            JobInfo? listed = (await watcher.State.JobsAsync(j => j.JobId.ToString() == job)).SingleOrDefault();
            int actors = (await watcher.State.ActorsAsync(a => a.JobId.ToString() == job && a.State != ActorState.Dead)).Count;
            int objects = (await watcher.State.ObjectsAsync(o => o.JobId.ToString() == job)).Count;
            int tasks = (await watcher.State.TasksAsync(t => t.JobId.ToString() == job && t.State == TaskState.Running)).Count;
            int groups = (await watcher.State.PlacementGroupsAsync(g => g.JobId.ToString() == job && g.State != PlacementGroupState.Removed)).Count;
            last = $"{listed?.Status}, {actors} actors, {objects} objects, {tasks} tasks, {groups} groups";
            if (listed?.Status == status && actors + objects + tasks + groups == 0)
            {
                Assert.Throws<ArgumentException>(() => watcher.GetActor<object>("tally", @namespace));
                return;
            }

            // The node finds out by itself; asking faster would only keep it from that.
            await Task.Delay(100);
        }

        Assert.Fail($"Of job {job}, which should be {status}, there is left: {last}.");
    }
}
