using RayOrleans.Processes.Tests.Harness;

namespace RayOrleans.Processes.Tests;

/// <summary>A program of its own on silos that were never built with it.</summary>
[Collection("processes")]
public sealed class ShippedCodeTests
{
    private const string Program = """
        using System.Runtime.Loader;
        using RayOrleans;

        await using IRay ray = await Ray.InitAsync(args[0], o => { o.CpusPerNode = 1; o.ObjectStoreBytes = 64 << 20; });
        int factor = 3;
        Order order = new("o", [1, 2]);
        foreach (string silo in args[1..])
        {
            RemoteOptions there = ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(NodeId.Parse(silo)));
            string where = await there.Remote(static () => $"{Ray.Context.NodeId} {AssemblyLoadContext.GetLoadContext(typeof(Order).Assembly)!.Name!.Split(' ')[0]}");
            int closure = await there.Remote(x => Rules.Apply(x) * factor + order.Lines.Count, 7);
            Order changed = await there.Remote(Change, order);
            int nested = await there.Remote(static async (int n) =>
            {
                int[] parts = await Task.WhenAll(Enumerable.Range(0, n).Select(i => Ray.Remote(static x => Rules.Apply(x), i).AsTask()));
                return parts.Sum();
            }, 5);
            ActorHandle<Cart> cart = there.Actor(static name => new Cart(name), "cart");
            for (int i = 0; i < 4; i++)
            {
                _ = cart.Remote(static (c, line) => c.Add(line), i);
            }

            int streamed = 0;
            await foreach (ObjectRef<int[]> item in there.Stream(static (int n) => Enumerable.Range(0, n).Select(static i => Enumerable.Repeat(Rules.Apply(i), 50_000).ToArray()), 5))
            {
                streamed += (await item)[^1];
            }

            Order closed = await cart.Remote(static c => c.Close());
            string error = "";
            try
            {
                await there.Remote(static (int code) => code > 0 ? throw new Trouble(code) : code, 4);
            }
            catch (RayTaskException e) when (e.InnerException is Trouble trouble)
            {
                error = $"trouble {trouble.Code}";
            }

            Console.WriteLine($"on {where}: {closure} {changed.Name}{changed.Lines.Count} {nested} {streamed} {closed.Name}{closed.Lines.Sum()} {error}");
        }

        static Order Change(Order o) => o with { Name = o.Name + "!", Lines = [.. o.Lines, Rules.Apply(0)] };

        internal sealed record Order(string Name, List<int> Lines);

        internal sealed class Trouble(int code) : Exception("trouble")
        {
            public int Code { get; } = code;
        }

        internal sealed class Cart(string name)
        {
            private readonly List<int> _lines = [];

            public void Add(int line) => _lines.Add(Rules.Apply(line));

            public Order Close() => new(name, _lines);
        }
        """;

    [Fact]
    public async Task Program_ThatNoSiloHas_RunsOnAll_AndItsNextBuildToo()
    {
        await using Silos silos = new();
        RealSilo first = await silos.RealAsync("--cpus", "2", "--name", "one");
        RealSilo second = await silos.RealAsync("--cpus", "2", "--name", "two", "--join", first.Address);
        using DriverProgram program = new(Program);
        foreach (int step in (int[])[1, 100])
        {
            program.Write("Rules.cs", $"internal static class Rules {{ public static int Apply(int x) => x + {step}; }}");
            await program.BuildAsync();

            string answers = $"{(7 + step) * 3 + 2} o!3 {10 + (5 * step)} {10 + (5 * step)} cart{6 + (4 * step)} trouble 4";
            string port = first.Address[(first.Address.LastIndexOf(':') + 1)..];

            // As a node of its own, attached to one, and connected to one: the address says which.
            foreach (string address in step == 1 ? (string[])[first.Address, $"local:{port}", $"client://127.0.0.1:{port}"] : [$"client://127.0.0.1:{port}"])
            {
                await using DriverProcess run = new(program, address, first.NodeId, second.NodeId);

                Assert.Equal($"on {first.NodeId} code: {answers}\non {second.NodeId} code: {answers}", await run.ResultAsync());
            }
        }
    }
}
