using System.Globalization;
using System.Text.RegularExpressions;
using RayOrleans.Processes.Tests.Harness;

namespace RayOrleans.Processes.Tests;

/// <summary>A program of its own on silos that were never built with it.</summary>
[Collection("processes")]
public sealed partial class ShippedCodeTests
{
    private const string App = """
        using System.Runtime.Loader;
        using Pricing;
        using RayOrleans;

        await using IRay ray = await Ray.InitAsync(args[0], o => { o.CpusPerNode = 1; o.ObjectStoreBytes = 64 << 20; });
        foreach (string silo in args[1..])
        {
            RemoteOptions there = ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(NodeId.Parse(silo)));
            string place = await there.Remote(static () => $"{Ray.Context.NodeId} {Environment.ProcessId} {AssemblyLoadContext.GetLoadContext(typeof(Order).Assembly)!.Name!.Split(' ')[0]}");
            int worker = await (there with { Isolation = Isolation.JobProcess }).Remote(static x => Quotes.Price(x) > 0 ? Environment.ProcessId : 0, 1);
            Order order = new("o", [1, 2]);
            Order changed = await there.Remote(Change, order);
            int streamed = 0;
            await foreach (ObjectRef<int[]> item in there.Stream(static (int n) => Enumerable.Range(0, n).Select(static i => Enumerable.Repeat(Quotes.Price(i), 50_000).ToArray()), 5))
            {
                streamed += (await item)[^1];
            }

            Console.WriteLine($"{place} {worker}: {await Quotes.AllAsync(there, 7)} {changed.Name}{changed.Lines.Sum()} {streamed}");
        }

        Console.WriteLine("done");
        Console.ReadLine();

        static Order Change(Order o) => o with { Name = o.Name + "!", Lines = [.. o.Lines, Quotes.Price(0)] };

        internal sealed record Order(string Name, List<int> Lines);
        """;

    private const string Pricing = """
        using CsCheck;
        using RayOrleans;
        using Taxes;

        namespace Pricing;

        public static class Quotes
        {
            public static int Price(int net) => Rate.Of(net);

            public static async Task<string> AllAsync(RemoteOptions there, int net)
            {
                int factor = 3;
                Discount discount = new("spring", [1, 1]);
                int closure = await there.Remote(x => (Price(x) * factor) + discount.Steps.Sum(), net);
                string largest = await there.Remote(Largest<string>, new[] { "a", "c", "b" });
                int sum = await there.Remote(SumAsync, 5);
                (string drawn, string version) = await there.Remote(static () => (Draw(), typeof(PCG).Assembly.GetName().Version!.ToString(3)));
                ActorHandle<Basket> basket = there.Actor(static name => new Basket(name), "basket");
                for (int i = 0; i < 4; i++)
                {
                    _ = basket.Remote(static (b, line) => b.Add(line), i);
                }

                Discount closed = await basket.Remote(static b => b.Close());
                string error = "";
                try
                {
                    await there.Remote(static (int code) => code > 0 ? throw new Trouble(code) : code, 4);
                }
                catch (RayTaskException e) when (e.InnerException is Trouble trouble)
                {
                    error = $"trouble {trouble.Code}";
                }

                return $"{closure} {largest} {sum} {drawn == Draw()} {version} {closed.Name}{closed.Steps.Sum()} {error}";
            }

            private static T Largest<T>(T[] values)
                where T : IComparable<T> => values.Max()!;

            private static async Task<int> SumAsync(int count)
            {
                int[] parts = await Task.WhenAll(Enumerable.Range(0, count).Select(i => Ray.Remote(static x => Price(x), i).AsTask()));
                return parts.Sum();
            }

            private static string Draw() => new PCG(1, 42).ToString();

            private sealed record Discount(string Name, List<int> Steps);

            private sealed class Trouble(int code) : Exception("trouble")
            {
                public int Code { get; } = code;
            }

            private sealed class Basket(string name)
            {
                private readonly List<int> _lines = [];

                public void Add(int line) => _lines.Add(Price(line));

                public Discount Close() => new(name, _lines);
            }
        }
        """;

    [Fact]
    public async Task Solution_ThatNoSiloHas_RunsOnAll_ItsNextBuildToo_AndNothingIsLeftOfAJob()
    {
        Assert.DoesNotContain(DriverSolution.Assemblies, a => File.Exists(Path.Combine(AppContext.BaseDirectory, a)));
        using CodeFolder one = new();
        using CodeFolder two = new();
        await using Silos silos = new();
        RealSilo first = await silos.RealAsync(one.Variables, "--cpus", "2", "--name", "one");
        RealSilo second = await silos.RealAsync(two.Variables, "--cpus", "2", "--name", "two", "--join", first.Address);
        using DriverSolution solution = new();
        solution.Write("App/Program.cs", App);
        solution.Write("Pricing/Quotes.cs", Pricing);
        foreach (int step in (int[])[1, 100])
        {
            solution.Write("Taxes/Rate.cs", $"namespace Taxes; public static class Rate {{ public static int Of(int net) => net + {step}; }}");
            await solution.BuildAsync();
            string answers = $"{((7 + step) * 3) + 2} c {10 + (5 * step)} True 5.0.1 basket{6 + (4 * step)} trouble 4 o!{3 + step} {10 + (5 * step)}";

            // As a node of its own, attached to one, and connected to one: the address says which.
            foreach (string address in (string[])[first.Address, $"local:{first.Port}", $"client://127.0.0.1:{first.Port}"])
            {
                await using DriverProcess run = new(solution, address, first.NodeId, second.NodeId);
                await run.LineAsync(l => l == "done", "what it does on both silos");

                List<int> processes = [];
                foreach ((RealSilo silo, string line) in new[] { first, second }.Zip(run.Output.All.Split('\n')))
                {
                    Match match = LinePattern().Match(line);
                    Assert.True(match.Success, line);
                    Assert.Equal(silo.NodeId, match.Groups["node"].Value);
                    Assert.Equal(answers, match.Groups["answers"].Value);

                    // A node's own tasks run in the silos, those of other drivers in worker processes.
                    int process = int.Parse(match.Groups["process"].Value, CultureInfo.InvariantCulture);
                    int worker = int.Parse(match.Groups["worker"].Value, CultureInfo.InvariantCulture);
                    Assert.Equal(address == first.Address ? silo.ProcessId : worker, process);
                    Assert.DoesNotContain(worker, (int[])[first.ProcessId, second.ProcessId, run.ProcessId]);
                    processes.Add(worker);
                }

                Assert.Superset(DriverSolution.Assemblies.ToHashSet(), one.Files);
                Assert.Superset(DriverSolution.Assemblies.ToHashSet(), two.Files);

                run.Leave();
                Assert.Equal(0, await run.ExitCodeAsync("its end"));
                foreach (int worker in processes)
                {
                    await OtherProcesses.GoneAsync(worker, "of a job that has ended");
                }

                await one.EmptyAsync();
                await two.EmptyAsync();
            }
        }
    }

    [GeneratedRegex("^(?<node>[0-9a-f]{32}) (?<process>[0-9]+) code (?<worker>[0-9]+): (?<answers>.*)$")]
    private static partial Regex LinePattern();

    /// <summary>Where a silo keeps the code of programs.</summary>
    private sealed class CodeFolder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rayorleans-code-");

        public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string> { ["RAYORLEANS_CODE_CACHE"] = _folder.FullName };

        public HashSet<string> Files => [.. _folder.EnumerateFiles("*", SearchOption.AllDirectories).Select(f => f.Name)];

        public async Task EmptyAsync()
        {
            DateTime limit = DateTime.UtcNow + ChildProcess.Patience;
            while (_folder.EnumerateDirectories().Any())
            {
                Assert.True(DateTime.UtcNow < limit, $"Of the code of jobs that have ended there is left: {string.Join(", ", Files)}");

                // Another process' files: nobody tells.
                await Task.Delay(20);
            }
        }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
