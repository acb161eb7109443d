using System.Globalization;
using RayOrleans.Processes.Tests.Harness;

namespace RayOrleans.Processes.Tests;

/// <summary>Actors in worker processes that are killed or outlived while they do not listen, and processes that start others.</summary>
[Collection("processes")]
public sealed class WorkerActorTests
{
    private const string Program = """
        using System.Diagnostics;
        using RayOrleans;

        await using IRay ray = await Ray.InitAsync(args[0], o => { o.CpusPerNode = 1; o.ObjectStoreBytes = 64 << 20; o.Namespace = "both"; });
        SchedulingStrategy there = SchedulingStrategy.NodeAffinity(NodeId.Parse(args[1]));
        RemoteOptions job = ray.Options(isolation: Isolation.JobProcess, maxRestarts: 3, maxTaskRetries: 3, schedulingStrategy: there);
        RemoteOptions own = ray.Options(isolation: Isolation.Process, maxRetries: 0, schedulingStrategy: there);

        // A call that ignores its token, and its next attempt, in one process.
        ActorHandle<Deaf> busy = job.Actor(static () => new Deaf("busy"));
        int shared = await busy.Remote(static a => a.Id());
        Console.WriteLine($"shared {shared}");
        ObjectRef<string> call = busy.Remote(static a => a.Work());
        await Key("busy works 0");
        ray.Kill(busy, noRestart: false);
        Console.WriteLine($"again {await call == $"attempt 1 in {shared}"}");

        // A constructor that ignores its token, and the next one. The first one leaves while the next one's actor lives.
        ActorHandle<Slow> slow = job.Actor(static () => new Slow());
        await Key("slow 0");
        ray.Kill(slow, noRestart: false);
        Console.WriteLine($"constructed {await slow.Remote(static a => a.Id()) == shared}");
        await ray.Kv.PutAsync("go on", new byte[] { 1 });
        await Key("slow went on");
        Console.WriteLine($"still there {await slow.Remote(static a => a.Id()) == shared}");

        // A killed actor's clean-up does not run, and an ended one's does; its own process ends.
        ActorHandle<Deaf> killed = job.Actor(static () => new Deaf("killed"));
        await killed.Remote(static a => a.Id());
        ray.Kill(killed);
        ActorHandle<Deaf> ended = job.Actor(static () => new Deaf("ended"));
        await ended.Remote(static a => a.Id());
        _ = ended.Remote(static a => a.Leave());
        await Key("ended is disposed of");
        Console.WriteLine($"cleaned up {await ray.Kv.GetAsync("killed is disposed of") is not null}");
        ActorHandle<Deaf> alone = own.Actor(static () => new Deaf("alone"));
        int mine = await alone.Remote(static a => a.Id());
        ray.Kill(alone);
        await Gone(mine);
        Console.WriteLine("its process ended");

        // What a worker has started holds its streams for longer than anybody waits here.
        try
        {
            await own.Remote(static async () =>
            {
                using Process child = Process.Start("sleep", "900");
                await Ray.Kv.PutAsync("child", BitConverter.GetBytes(child.Id));
                Process.GetCurrentProcess().Kill();
                Thread.Sleep(Timeout.Infinite);
            });
        }
        catch (WorkerCrashedException e)
        {
            Console.WriteLine($"crashed {e.Message.Contains("signal 9")}");
        }
        finally
        {
            using Process child = Process.GetProcessById(BitConverter.ToInt32((await ray.Kv.GetAsync("child"))!.Value.Span));
            child.Kill();
        }

        // A detached actor keeps its process beyond its job's end, and no longer than it lives, whatever still runs there.
        int kept;
        await using (IRay next = await Ray.InitAsync("client" + args[0]["ray".Length..], o => o.Namespace = "both"))
        {
            ActorHandle<Deaf> detached = next.Options(isolation: Isolation.JobProcess, maxRestarts: 1, name: "detached", lifetime: ActorLifetime.Detached, schedulingStrategy: there).Actor(static () => new Deaf("detached"));
            kept = await detached.Remote(static a => a.Id());
            _ = detached.Remote(static a => a.Work());
            await Key("detached works 0");
        }

        ActorHandle<Deaf> found = ray.GetActor<Deaf>("detached");
        using (Process process = Process.GetProcessById(kept))
        {
            Console.WriteLine($"kept {!process.HasExited}");
        }

        ray.Kill(found);
        await Gone(kept);
        Console.WriteLine("not kept longer");

        // The job ends while this runs.
        _ = job.Actor(static () => new Deaf("last")).Remote(static a => a.Work());
        await Key("last works 0");

        async Task Key(string key)
        {
            while (await ray.Kv.GetAsync(key) is null)
            {
                // Nobody tells when a key is there.
                await Task.Delay(5);
            }
        }

        static async Task Gone(int id)
        {
            try
            {
                using Process process = Process.GetProcessById(id);
                await process.WaitForExitAsync();
            }
            catch (ArgumentException)
            {
                // It has ended.
            }
        }

        internal sealed class Deaf(string name) : IDisposable
        {
            public int Id() => Environment.ProcessId;

            public string Work()
            {
                int attempt = Ray.Context.Attempt;
                Keys.Put($"{name} works {attempt}");
                if (attempt == 0)
                {
                    Thread.Sleep(Timeout.Infinite);
                }

                return $"attempt {attempt} in {Environment.ProcessId}";
            }

            public void Leave() => Ray.ExitActor();

            public void Dispose() => Keys.Put($"{name} is disposed of");
        }

        internal sealed class Slow
        {
            public Slow()
            {
                int attempt = Ray.Context.Attempt;
                Keys.Put($"slow {attempt}");
                while (attempt == 0 && Ray.Kv.GetAsync("go on").AsTask().GetAwaiter().GetResult() is null)
                {
                    // Nobody tells when a key is there.
                    Thread.Sleep(5);
                }

                if (attempt == 0)
                {
                    Keys.Put("slow went on");
                }
            }

            public int Id() => Environment.ProcessId;
        }

        internal static class Keys
        {
            public static void Put(string key) => Ray.Kv.PutAsync(key, new byte[] { 1 }).AsTask().GetAwaiter().GetResult();
        }
        """;

    [Fact]
    public async Task ActorsThatDoNotListen_AreKilledAndOutlived_AndTheirProcessesEnd()
    {
        await using Silos silos = new();
        RealSilo silo = await silos.RealAsync("--cpus", "2");
        using DriverProgram program = new(Program);
        await program.BuildAsync();
        await using DriverProcess run = new(program, silo.Address, silo.NodeId);

        string[] lines = (await run.ResultAsync()).Split('\n');

        string[] expected = ["again True", "constructed True", "still there True", "cleaned up False", "its process ended", "crashed True", "kept True", "not kept longer"];
        Assert.True(lines[1..].SequenceEqual(expected), $"Expected:\n{string.Join('\n', expected)}\n\nActual:\n{string.Join('\n', lines)}");
        await OtherProcesses.GoneAsync(int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), "whose job ended while a method ran");
    }
}
