using System.Diagnostics;
using System.Globalization;
using RayOrleans.Processes.Tests.Harness;

namespace RayOrleans.Processes.Tests;

/// <summary>A program whose tasks and actors run in worker processes of silos that were never built with it.</summary>
[Collection("processes")]
public sealed class WorkerProcessTests
{
    private const string Everything = """
        using RayOrleans;

        await using IRay ray = await Ray.InitAsync(args[0], o => { o.CpusPerNode = 1; o.ObjectStoreBytes = 64 << 20; });
        NodeId silo = NodeId.Parse(args[1]);
        RemoteOptions job = ray.Options(isolation: Isolation.JobProcess, schedulingStrategy: SchedulingStrategy.NodeAffinity(silo));
        RemoteOptions own = ray.Options(isolation: Isolation.Process, maxRetries: 0, schedulingStrategy: SchedulingStrategy.NodeAffinity(silo));
        int shared = await job.Remote(static () => Environment.ProcessId);
        Console.WriteLine($"workers {shared}");
        int factor = 3;
        Order order = new("o", [1, 2]);
        Console.WriteLine($"one process {shared == await job.Remote(static () => Environment.ProcessId)}, another {shared != await own.Remote(static () => Environment.ProcessId)}");
        Console.WriteLine($"closure {await job.Remote(x => (x * factor) + order.Lines.Count, 7)}");
        Order changed = await job.Remote(static (Order o) => o with { Lines = [.. o.Lines, 3] }, order);
        Console.WriteLine($"value {changed.Name} {changed.Lines.Sum()}");
        (int half, string word) = await job.Remote(static (int x) => (x / 2, $"w{x}"), 8);
        Console.WriteLine($"tuple {half} {word}");
        ObjectRef<int[]> numbers = ray.Put(Enumerable.Range(0, 400_000).ToArray());
        ObjectRef<int[]> more = job.Remote(static (int[] a) => a.Select(x => x + 1).ToArray(), numbers);
        Console.WriteLine($"large {await job.Remote(static (int[] a) => a.Sum(x => (long)x), more)} {(await more)[^1]}");
        int nested = await job.Remote(static async (int n) =>
        {
            int[] parts = await Task.WhenAll(Enumerable.Range(0, n).Select(i => Ray.Remote(static x => x * x, i).AsTask()));
            return parts.Sum();
        }, 6);
        Console.WriteLine($"nested {nested}");
        int blocking = await job.Remote(static () => Ray.Get(Enumerable.Range(0, 20).Select(i => Ray.Options(isolation: Isolation.JobProcess).Remote(static x => x, i)).ToList()).Sum());
        Console.WriteLine($"blocking {blocking}");
        List<ObjectRef<string>> refs = await job.Remote(static () => new List<ObjectRef<string>> { Ray.Put("put in a task"), Ray.Remote(static () => "made by its child") });
        Console.WriteLine($"references {await refs[0]}, {await refs[1]}");
        ActorHandle<Cart> cart = job.Actor(static name => new Cart(name), "cart");
        for (int i = 0; i < 4; i++)
        {
            _ = cart.Remote(static (c, line) => c.Add(line), i);
        }

        Console.WriteLine($"actor {await cart.Remote(static c => c.Close())} {await job.Remote(static (ActorHandle<Cart> c) => c.Remote(static x => x.Close()).AsTask(), cart)}");
        await ray.Kv.PutAsync("key", new byte[] { 1, 2, 3 });
        Console.WriteLine($"keys {await job.Remote(static async () => (await Ray.Kv.GetAsync("key"))!.Value.Length)}");
        Console.WriteLine("state " + await job.Remote(static async () =>
        {
            TaskId me = Ray.Context.TaskId;
            JobId mine = Ray.Context.JobId;
            TaskInfo info = (await Ray.State.TasksAsync(t => t.TaskId == me)).Single();
            return $"{info.State} {Ray.Nodes().Count} {Ray.ClusterResources()["CPU"]} {(await Ray.State.JobsAsync(j => j.JobId == mine)).Count}";
        }));
        Console.WriteLine("group " + await job.Remote(static async () =>
        {
            PlacementGroup group = await Ray.PlacementGroupAsync([new(cpu: 1)], PlacementStrategy.Pack, "inside");
            await group.ReadyAsync();
            RemoteOptions there = Ray.Options(schedulingStrategy: SchedulingStrategy.PlacementGroup(group, 0));
            int sum = await there.Remote(static (int x) => x + 1, 41);
            await group.RemoveAsync();
            try
            {
                return $"{sum} {await there.Remote(static (int x) => x, 1)}";
            }
            catch (PlacementGroupRemovedException)
            {
                return $"{sum} removed";
            }
        }));
        ObjectRef<string>[] kept = await job.Remote(static async () => new[] { Ray.Put("kept", Durability.Replicated), await Ray.PutAsync("twice", Durability.Replicated) });
        Console.WriteLine($"replicated {await kept[0]} {await kept[1]}");
        Console.WriteLine("named " + await job.Remote(static async () =>
        {
            ActorHandle<Cart> made = Ray.Options(name: "named", lifetime: ActorLifetime.Detached).Actor(static n => new Cart(n), "n");
            _ = made.Remote(static c => c.Add(4));
            ActorHandle<Cart> found = Ray.GetActor<Cart>("named");
            ActorHandle<Cart> same = Ray.Options(name: "named", getIfExists: true).Actor(static n => new Cart(n), "other");
            string taken = "free";
            try
            {
                _ = Ray.Options(name: "named").Actor(static n => new Cart(n), "third");
            }
            catch (ActorAlreadyExistsException)
            {
                taken = "taken";
            }

            return $"{await found.Remote(static c => c.Close())} {await same.Remote(static c => c.Close())} {taken}";
        }) + $" {await ray.GetActor<Cart>("named").Remote(static c => c.Close())}");
        ray.Kill(ray.GetActor<Cart>("named"));
        RemoteOptions german = ray.Options(runtimeEnv: new RuntimeEnv { EnvironmentVariables = new Dictionary<string, string> { ["GREETING"] = "Hallo" } }, schedulingStrategy: SchedulingStrategy.NodeAffinity(silo));
        Console.WriteLine($"environment {await german.Remote(static () => Environment.GetEnvironmentVariable("GREETING"))} {await job.Remote(static () => Environment.GetEnvironmentVariable("GREETING") ?? "none")}");
        string source = Directory.CreateTempSubdirectory("rayorleans-source-").FullName;
        Directory.CreateDirectory(Path.Combine(source, "data"));
        File.WriteAllText(Path.Combine(source, "data", "a.txt"), "first");
        RemoteOptions withFiles = german with { RuntimeEnv = new RuntimeEnv { WorkingDirectory = source, Files = new Dictionary<string, string> { ["bin/me"] = Environment.ProcessPath! } } };
        string folder = await withFiles.Remote(static () => Environment.GetEnvironmentVariable("RAYORLEANS_WORKING_DIRECTORY")!);
        Console.WriteLine($"folder {folder}");
        Console.WriteLine($"files {await withFiles.Remote(Look)}, {await withFiles.Remote(static () => Ray.Remote(Look).AsTask())}, {await withFiles.Actor(static () => new Reader()).Remote(static r => r.Read())}");
        File.WriteAllText(Path.Combine(source, "data", "a.txt"), "second");
        string other;
        await using (IRay next = await Ray.InitAsync("client" + args[0]["ray".Length..], o => o.RuntimeEnv = new RuntimeEnv { WorkingDirectory = source, Files = new Dictionary<string, string> { ["bin/me"] = Environment.ProcessPath! } }))
        {
            Console.WriteLine($"next job {await next.Remote(Look)}, {await next.Actor(static () => new Reader()).Remote(static r => r.Read())}, {await withFiles.Remote(Look)}");
            other = await next.Remote(static () => Directory.GetCurrentDirectory());
        }

        while (Directory.Exists(other))
        {
            await Task.Delay(10);
        }

        Console.WriteLine($"gone {other != folder} {Directory.Exists(folder)}");
        try
        {
            _ = ray.Options(runtimeEnv: new RuntimeEnv { WorkingDirectory = source + "-none" }).Remote(Look);
        }
        catch (RuntimeEnvException e)
        {
            Console.WriteLine($"missing {e.Message.Contains(source + "-none")}");
        }

        Directory.Delete(source, recursive: true);
        static string Look() => $"{File.ReadAllText("data/a.txt")} {File.GetUnixFileMode("bin/me").HasFlag(UnixFileMode.UserExecute)} {Directory.GetCurrentDirectory() == Environment.GetEnvironmentVariable("RAYORLEANS_WORKING_DIRECTORY")}";

        ObjectRef<int> slow = job.Remote(static () => { Ray.Context.CancellationToken.WaitHandle.WaitOne(); return 1; });
        ray.Cancel(slow);
        Console.WriteLine($"cancelled {await Name(slow)}");
        static async Task Key(string key)
        {
            while (await Ray.Kv.GetAsync(key) is null)
            {
                await Task.Delay(5);
            }
        }

        ObjectRef<int> token = job.Remote(static async (string n, CancellationToken t) =>
        {
            _ = Ray.Remote(static async (string c, CancellationToken u) =>
            {
                await Ray.Kv.PutAsync($"child in {Environment.ProcessId}", new byte[] { 1 });
                await Ray.Kv.PutAsync("child waits", new byte[] { 1 });
                try
                {
                    await Task.Delay(Timeout.Infinite, u);
                }
                finally
                {
                    await Ray.Kv.PutAsync("child stopped", new byte[] { 1 });
                }
            }, n, CancellationToken.None);
            try
            {
                await Task.Delay(Timeout.Infinite, t);
            }
            finally
            {
                await Ray.Kv.PutAsync("stopped", new byte[] { 1 });
            }

            return 1;
        }, "n", CancellationToken.None);
        await Key("child waits");
        await Key($"child in {shared}");
        ray.Cancel(token);
        await Key("stopped");
        await Key("child stopped");
        Console.WriteLine($"tokens {await Name(token)}");
        ObjectRef<int> deaf = ray.Options(isolation: Isolation.Process, schedulingStrategy: SchedulingStrategy.NodeAffinity(silo)).Remote(static async (string n) =>
        {
            await Ray.Kv.PutAsync(n, BitConverter.GetBytes(Environment.ProcessId));
            Thread.Sleep(Timeout.Infinite);
            return 1;
        }, "deaf");
        await Key("deaf");
        using (System.Diagnostics.Process victim = System.Diagnostics.Process.GetProcessById(BitConverter.ToInt32((await ray.Kv.GetAsync("deaf"))!.Value.Span)))
        {
            ray.Cancel(deaf, force: true);
            await victim.WaitForExitAsync();
            Console.WriteLine($"forced {await Name(deaf)}");
        }

        Console.WriteLine($"trouble {await Name(job.Remote(static (int x) => x > 0 ? throw new Trouble() : x, 1))}");
        Console.WriteLine($"exit {await Name(own.Remote(static (int x) => { Environment.Exit(x); return 1; }, 7))}");
        Console.WriteLine($"overflow {await Name(own.Remote(Deep, 0))}");
        RemoteOptions twice = ray.Options(isolation: Isolation.JobProcess, maxRetries: 1, schedulingStrategy: SchedulingStrategy.NodeAffinity(silo));
        foreach ((string name, Func<int, int> end) in new (string, Func<int, int>)[] { ("leaves", static x => { Environment.Exit(x); return 1; }), ("overflows", Deep) })
        {
            ObjectRef<string> bystander = twice.Remote(static async (string n) =>
            {
                await Ray.Kv.PutAsync(n + " watched", new byte[] { 1 });
                while (await Ray.Kv.GetAsync(n + " over") is null)
                {
                    await Task.Delay(5);
                }

                return $"unharmed after {Ray.Context.Attempt}";
            }, name);
            ObjectRef<int> culprit = twice.Remote(async n =>
            {
                while (await Ray.Kv.GetAsync(n + " watched") is null)
                {
                    await Task.Delay(5);
                }

                return end(7);
            }, name);
            string verdict = await Name(culprit);
            await ray.Kv.PutAsync(name + " over", new byte[] { 1 });
            Console.WriteLine($"{name}: {verdict}, {await bystander}");
        }

        ActorHandle<Cart> mine = own.Actor(static name => new Cart(name), "mine");
        Console.WriteLine($"own actor {await mine.Remote(static c => c.Close())}");
        _ = mine.Remote(static c => c.Leave());
        try
        {
            while (true)
            {
                await mine.Remote(static c => c.Close());
                await Task.Delay(10);
            }
        }
        catch (ActorDiedException e)
        {
            Console.WriteLine($"died {e.Message.Contains("exited with code 5")}");
        }

        static int Deep(int x) => x < 0 ? 0 : Deep(x + 1) + Deep(x + 2);

        static async Task<string> Name<T>(ObjectRef<T> reference)
        {
            try
            {
                return $"{await reference}";
            }
            catch (WorkerCrashedException e)
            {
                return e.Message.Contains("exited with code 7") ? "code 7" : e.Message.Contains("Stack overflow") && e.Message.Contains("signal 6") ? "stack overflow" : e.Message;
            }
            catch (RayTaskException e)
            {
                return e.InnerException!.GetType().Name;
            }
            catch (Exception e)
            {
                return e.GetType().Name;
            }
        }

        internal sealed record Order(string Name, List<int> Lines);

        internal sealed class Trouble : Exception;

        internal sealed class Reader
        {
            private readonly string _made = File.ReadAllText("data/a.txt");

            public string Read() => $"{_made} {Path.GetFileName(Path.GetFullPath("data"))}";
        }

        internal sealed class Cart(string name)
        {
            private readonly List<int> _lines = [];

            public void Add(int line) => _lines.Add(line);

            public string Close() => name + _lines.Sum();

            public void Leave() => Environment.Exit(5);
        }
        """;

    private const string Endless = """
        using RayOrleans;

        await using IRay ray = await Ray.InitAsync(args[0], o => { o.CpusPerNode = 1; o.ObjectStoreBytes = 64 << 20; });
        RemoteOptions job = ray.Options(isolation: Isolation.JobProcess, maxRetries: 1, schedulingStrategy: SchedulingStrategy.NodeAffinity(NodeId.Parse(args[1])));
        ObjectRef<int> shared = ray.Put(1);
        Task<string?> enough = Task.Run(Console.ReadLine);
        long wrong = 0;
        while (!enough.IsCompleted)
        {
            ObjectRef<long>[] answers = [.. Enumerable.Range(0, 500).Select(i => job.Remote(static (int x, int y) => (long)x * x + y, i, shared))];
            ObjectRef<int[]>[] arrays = [.. Enumerable.Range(0, 4).Select(i => job.Remote(static (int x) => Enumerable.Repeat(x, 50_000).ToArray(), i))];
            Console.WriteLine($"workers {await job.Remote(static () => Environment.ProcessId)}");
            for (int i = 0; i < answers.Length; i++)
            {
                wrong += await answers[i] == ((long)i * i) + 1 ? 0 : 1;
            }

            for (int i = 0; i < arrays.Length; i++)
            {
                int[] array = await arrays[i];
                wrong += array.Length == 50_000 && array[^1] == i ? 0 : 1;
            }
        }

        Console.WriteLine($"done, {wrong} wrong");
        """;

    [Fact]
    public async Task Program_InWorkerProcesses_DoesEverything_AndNothingIsLeft()
    {
        await using Silos silos = new();
        RealSilo silo = await silos.RealAsync("--cpus", "2");
        using DriverProgram program = new(Everything);
        await program.BuildAsync();
        await using DriverProcess run = new(program, silo.Address, silo.NodeId);

        string[] lines = (await run.ResultAsync()).Split('\n');

        string[] expected =
        [
            "one process True, another True", "closure 23", "value o 6", "tuple 4 w8", "large 80000200000 400000", "nested 55", "blocking 190",
            "references put in a task, made by its child", "actor cart6 cart6", "keys 3", "state Running 2 3 1", "group 42 removed", "replicated kept twice", "named n4 n4 taken n4", "environment Hallo none",
            "files first True True, first True True, first data", "next job second True True, second data, first True True", "gone True True", "missing True", "cancelled RayTaskCancelledException", "tokens RayTaskCancelledException", "forced RayTaskCancelledException", "trouble Trouble", "exit code 7",
            "overflow stack overflow", "leaves: code 7, unharmed after 1", "overflows: stack overflow, unharmed after 1", "own actor mine0", "died True",
        ];
        string[] actual = [.. lines[1..].Where(static l => !l.StartsWith("folder ", StringComparison.Ordinal))];

        // All of it: what a message that was not expected says.
        Assert.True(actual.SequenceEqual(expected), $"Expected:\n{string.Join('\n', expected)}\n\nActual:\n{string.Join('\n', actual)}");
        await Gone(IdIn(lines[0]));
        string folder = Assert.Single(lines, static l => l.StartsWith("folder ", StringComparison.Ordinal))["folder ".Length..];
        await OtherProcesses.FolderGoneAsync(folder, "with the files of a job that has ended");
    }

    [Fact]
    public async Task Workers_AreKilledUnderLoad_EveryAnswerIsRight()
    {
        await using Silos silos = new();
        RealSilo silo = await silos.RealAsync("--cpus", "2");
        using DriverProgram program = new(Endless);
        await program.BuildAsync();
        await using DriverProcess run = new(program, silo.Address, silo.NodeId);
        Random random = new(5);
        HashSet<int> killed = [];
        while (killed.Count < 6)
        {
            int worker = await WorkerOf(run, killed);

            // Somewhere in the middle of its work.
            await Task.Delay(random.Next(60));
            Signals.Send(worker, 9);
            killed.Add(worker);
        }

        run.Leave();
        string result = await run.ResultAsync();

        Assert.True(result.EndsWith("done, 0 wrong", StringComparison.Ordinal), result);
    }

    [Fact]
    public async Task Silo_IsKilled_ItsWorkersEnd()
    {
        await using Silos silos = new();
        RealSilo silo = await silos.RealAsync("--cpus", "2");
        using DriverProgram program = new(Endless);
        await program.BuildAsync();
        await using DriverProcess run = new(program, silo.Address, silo.NodeId);
        int worker = await WorkerOf(run, []);

        silo.Kill();

        await Gone(worker);
    }

    /// <summary>A worker that the driver has written, besides those that were killed.</summary>
    private static async Task<int> WorkerOf(DriverProcess run, HashSet<int> killed)
    {
        string line = await run.LineAsync(l => l.StartsWith("workers ", StringComparison.Ordinal) && !killed.Contains(IdIn(l)), "the worker's process id");
        return IdIn(line);
    }

    private static int IdIn(string line) => int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);

    private static async Task Gone(int processId)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        try
        {
            using Process process = Process.GetProcessById(processId);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (ArgumentException)
        {
            // It has ended.
        }
    }
}
