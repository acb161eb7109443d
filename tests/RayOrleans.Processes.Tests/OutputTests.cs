using System.Globalization;
using System.Text.RegularExpressions;
using RayOrleans.Processes.Tests.Harness;

namespace RayOrleans.Processes.Tests;

/// <summary>What tasks and actors write in worker processes: it gets to the console of each kind of driver, and into the log files of the node.</summary>
[Collection("processes")]
public sealed partial class OutputTests
{
    private const int Flood = 5_000;
    private const int Voices = 3;

    private const string Program = """
        using RayOrleans;

        await using IRay ray = await Ray.InitAsync(args[0], o => { o.CpusPerNode = 1; o.ObjectStoreBytes = 64 << 20; o.LogToDriver = args[2] == "shown"; });
        NodeId silo = NodeId.Parse(args[1]);
        RemoteOptions there = ray.Options(name: "speak", isolation: Isolation.JobProcess, schedulingStrategy: SchedulingStrategy.NodeAffinity(silo));
        int worker = await there.Remote(static () =>
        {
            Console.Write("not ");
            Console.WriteLine("whole\nand more");
            Console.Error.WriteLine("an error");
            return Environment.ProcessId;
        });
        Console.WriteLine($"job {Ray.Context.JobId} {worker}");
        ActorHandle<Voice>[] voices = [.. Enumerable.Range(0, 3).Select(_ => ray.Options(name: null, numCpus: 0, isolation: Isolation.Process, schedulingStrategy: SchedulingStrategy.NodeAffinity(silo)).Actor(static () => new Voice()))];
        await Task.WhenAll(voices.Select(v => v.Remote(static x => x.Say("the same")).AsTask()));
        await there.Remote(static (int count) =>
        {
            for (int i = 0; i < count; i++)
            {
                Console.WriteLine($"flood {i}");
            }
        }, int.Parse(args[3]));
        Console.WriteLine("done");
        Console.ReadLine();

        internal sealed class Voice
        {
            public int Say(string word)
            {
                Console.WriteLine(word);
                return 0;
            }
        }
        """;

    [Fact]
    public async Task Output_ReachesEveryKindOfDriver_OnceAndNotAllOfAFlood_AndTheLogHasItWhole()
    {
        await using Silos silos = new();
        RealSilo first = await silos.RealAsync("--cpus", "4");
        RealSilo other = await silos.RealAsync("--cpus", "4", "--join", first.Address);
        string port = first.Address[(first.Address.LastIndexOf(':') + 1)..];
        using DriverProgram program = new(Program);
        await program.BuildAsync();

        // Tasks run on another node than the driver's. An ordinary run has the remote driver alone.
        (string Address, RealSilo Silo)[] ofAll = [($"client://127.0.0.1:{port}", other), (first.Address, other), ($"local:{port}", first)];
        foreach ((string address, RealSilo silo) in ofAll.Take(SoakTheoryAttribute.IsAsked ? ofAll.Length : 1))
        {
            await using DriverProcess driver = new(program, address, silo.NodeId, "shown", Text(Flood));
            string[] job = (await driver.LineAsync(l => l.StartsWith("job ", StringComparison.Ordinal), "the driver's job")).Split(' ');
            string prefix = $"(speak pid={job[2]}, node=";
            await driver.LineAsync(l => l.StartsWith(prefix, StringComparison.Ordinal) && l.EndsWith(") not whole", StringComparison.Ordinal), "a line in pieces");
            await driver.LineAsync(l => l.StartsWith(prefix, StringComparison.Ordinal) && l.EndsWith(") and more", StringComparison.Ordinal), "the line behind it");
            await driver.ErrorLineAsync(l => l.StartsWith(prefix, StringComparison.Ordinal) && l.EndsWith(") an error", StringComparison.Ordinal), "a line of standard error");
            await driver.LineAsync(l => l == "done", "the end of the flood");
            await EverythingIsCountedAsync(driver);
            string[] log = await LogAsync(silo.NodeId, $"worker-{job[1]}-{job[2]}.out");
            Assert.Equal((string[])["(speak) not whole", "(speak) and more", .. Enumerable.Range(0, Flood).Select(i => $"(speak) flood {i}")], log);
            driver.Leave();
            Assert.Equal(0, await driver.ExitCodeAsync("the end of the driver"));
        }

        await using DriverProcess quiet = new(program, $"local:{port}", first.NodeId, "hidden", Text(10));
        await quiet.LineAsync(l => l == "done", "the end of the quiet driver");
        quiet.Leave();
        Assert.Equal(0, await quiet.ExitCodeAsync("the end of the quiet driver"));
        Assert.Equal(["done", "job"], quiet.Output.All.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Trim().Split(' ')[0]).Order());
        Assert.DoesNotContain("pid=", quiet.Errors.All);
    }

    [GeneratedRegex(@"\(ray\) (\d+) lines of tasks are not shown")]
    private static partial Regex DroppedPattern();

    [GeneratedRegex(@"^\(Voice pid=\d+, node=[^)]+\) the same(?: \[repeated (\d+)x across the cluster\])?\r?$")]
    private static partial Regex SamePattern();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Each line of the flood is on the console, or in a count of those that are not; and some are not. The line of several processes is there as often as it came, however far apart that was.</summary>
    private static async Task EverythingIsCountedAsync(DriverProcess driver)
    {
        int shown = 0;
        int dropped = 0;
        int same = 0;
        DateTime limit = DateTime.UtcNow + ChildProcess.Patience;
        while (DateTime.UtcNow < limit)
        {
            shown = driver.Output.All.Split('\n').Count(l => l.Contains(") flood ", StringComparison.Ordinal));
            dropped = DroppedPattern().Matches(driver.Errors.All).Sum(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));
            same = driver.Output.All.Split('\n').Select(l => SamePattern().Match(l)).Where(m => m.Success).Sum(m => m.Groups[1].Success ? int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) : 1);
            if (shown + dropped == Flood && same == Voices)
            {
                Assert.InRange(shown, 1, Flood - 1);
                return;
            }

            // The counts come once a second.
            await Task.Delay(100);
        }

        Assert.Fail($"{shown} lines are shown and {dropped} are counted, of {Flood}; the same line {same} times.\n{driver.Errors.All}");
    }

    private static async Task<string[]> LogAsync(string node, string file)
    {
        string parent = Path.Combine(Path.GetTempPath(), $"rayorleans-logs-{Environment.UserName}");
        string path = Path.Combine(Assert.Single(Directory.GetDirectories(parent, node + "-*")), file);
        using StreamReader reader = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
