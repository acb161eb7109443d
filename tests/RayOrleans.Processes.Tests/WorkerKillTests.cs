using System.Globalization;
using RayOrleans.Processes.Tests.Harness;
using Xunit.Abstractions;

namespace RayOrleans.Processes.Tests;

/// <summary>
/// Worker processes are killed at any time during 100,000 tasks: whatever may be retried gives the right answer, and of the rest every failure says what happened. The seed decides about the moments:
/// <c>RAY_KILL_SEEDS</c> as in <see cref="KillTests"/>. An ordinary run has fewer tasks and kills in <see cref="WorkerProcessTests"/>.
/// </summary>
[Collection("processes")]
public sealed class WorkerKillTests(ITestOutputHelper output)
{
    private const int LongestPause = 700;

    private const string Program = """
        using RayOrleans;

        await using IRay ray = await Ray.InitAsync(args[0], o => { o.CpusPerNode = 1; o.ObjectStoreBytes = 64 << 20; });
        SchedulingStrategy there = SchedulingStrategy.NodeAffinity(NodeId.Parse(args[1]));
        RemoteOptions often = ray.Options(isolation: Isolation.JobProcess, maxRetries: 50, schedulingStrategy: there);
        RemoteOptions alone = ray.Options(isolation: Isolation.Process, maxRetries: 50, schedulingStrategy: there);
        RemoteOptions once = ray.Options(isolation: Isolation.Process, maxRetries: 0, schedulingStrategy: there);
        ObjectRef<int> shared = ray.Put(1);
        (int wrong, int explained, int done) = (0, 0, 0);
        string? strange = null;
        while (done < 100_000)
        {
            ObjectRef<long>[] answers = [.. Enumerable.Range(0, 490).Select(i => often.Remote(static (int x, int y) => (long)x * x + y, i, shared))];
            ObjectRef<int[]>[] arrays = [.. Enumerable.Range(0, 5).Select(i => often.Remote(static (int x) => Enumerable.Repeat(x, 50_000).ToArray(), i))];
            int victim = await (done % 1000 == 0 ? often : alone).Remote(static () => Environment.ProcessId);
            ObjectRef<int>[] singles = [.. Enumerable.Range(0, 5).Select(i => once.Remote(
                static async x =>
                {
                    // Long enough for some of the kills to meet it.
                    await Task.Delay(30);
                    return x + 1;
                },
                i))];
            Console.WriteLine($"workers {victim}");
            for (int i = 0; i < answers.Length; i++)
            {
                wrong += await answers[i] == ((long)i * i) + 1 ? 0 : 1;
            }

            for (int i = 0; i < arrays.Length; i++)
            {
                int[] array = await arrays[i];
                wrong += array.Length == 50_000 && array[^1] == i ? 0 : 1;
            }

            for (int i = 0; i < singles.Length; i++)
            {
                try
                {
                    wrong += await singles[i] == i + 1 ? 0 : 1;
                }
                catch (WorkerCrashedException e) when (e.Message.Contains("signal 9"))
                {
                    explained++;
                }
                catch (Exception e)
                {
                    strange ??= $"{e.GetType().Name}: {e.Message}";
                }
            }

            done += answers.Length + arrays.Length + singles.Length;
        }

        Console.WriteLine($"end {done} tasks, {wrong} wrong, {explained} ended with their worker, otherwise {strange ?? "nothing"}");
        """;

    public static TheoryData<int> Seeds() => KillTests.Seeds();

    [SoakTheory]
    [MemberData(nameof(Seeds))]
    public async Task Workers_AreKilledDuringManyTasks_EveryAnswerIsRight_AndEveryFailureExplained(int seed)
    {
        await using Silos silos = new();
        RealSilo silo = await silos.RealAsync("--cpus", "2");
        using DriverProgram program = new(Program);
        await program.BuildAsync();
        await using DriverProcess run = new(program, silo.Address, silo.NodeId);
        Random random = new(seed);
        Task<string> result = run.ResultAsync();
        HashSet<int> killed = [];
        int kills = 0;
        while (!result.IsCompleted)
        {
            Task<string> next = run.LineAsync(l => l.StartsWith("end ", StringComparison.Ordinal) || (l.StartsWith("workers ", StringComparison.Ordinal) && !killed.Contains(IdIn(l))), "a worker's process id, or the end");
            if (await Task.WhenAny(next, result) == result || !(await next).StartsWith('w'))
            {
                break;
            }

            // The seed's moment, somewhere in the work; no assertion depends on how long it is.
            await Task.Delay(random.Next(LongestPause));
            if (!Signals.TrySend(IdIn(await next), 9))
            {
                // The pool has ended it, or the program has.
                killed.Add(IdIn(await next));
                continue;
            }

            kills++;
            killed.Add(IdIn(await next));
        }

        string end = (await result).Split('\n')[^1];
        output.WriteLine($"seed {seed}, {kills} kills: {end}");
        Assert.StartsWith("end 100000 tasks, 0 wrong, ", end, StringComparison.Ordinal);
        Assert.EndsWith("otherwise nothing", end, StringComparison.Ordinal);
        Assert.NotEqual(0, kills);
    }

    private static int IdIn(string line) => int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
}
