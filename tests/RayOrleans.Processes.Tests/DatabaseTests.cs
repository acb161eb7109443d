using RayOrleans.Processes.Tests.Harness;

namespace RayOrleans.Processes.Tests;

/// <summary>Clusters whose membership is in PostgreSQL: no node is special.</summary>
[Collection("processes")]
public sealed class DatabaseTests : IAsyncLifetime
{
    private const string Variable = "RayOrleans__Cluster__ConnectionString";

    private readonly Silos _silos = new();
    private PostgresServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await PostgresServer.StartAsync();
        Environment.SetEnvironmentVariable(Variable, _server.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        await _silos.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Nodes_FindEachOther_AndTheFirstMayDie()
    {
        RealSilo first = await StartAsync();
        RealSilo second = await StartAsync();
        await second.ErrorLineAsync(l => l.Contains(first.NodeId, StringComparison.Ordinal), "word of the first node in the second one's log");
        await first.ErrorLineAsync(l => l.Contains(second.NodeId, StringComparison.Ordinal), "word of the second node in the first one's log");
        Assert.DoesNotContain(first.Output.All, "must stay", StringComparison.Ordinal);

        first.Kill();
        await second.ErrorLineAsync(l => l.Contains("is gone", StringComparison.Ordinal) && l.Contains(first.NodeId, StringComparison.Ordinal), "word of the first node's end");
        RealSilo third = await StartAsync();
        await second.ErrorLineAsync(l => l.Contains(third.NodeId, StringComparison.Ordinal), "word of the third node in the second one's log");

        third.Signal(Signals.Terminate);
        Assert.Equal(0, await third.ExitCodeAsync("the third node to stop on SIGTERM"));
        second.Signal(Signals.Terminate);
        Assert.Equal(0, await second.ExitCodeAsync("the second node to stop on SIGTERM"));
    }

    [Fact]
    public async Task Cluster_KilledAsAWhole_StartsAgain()
    {
        RealSilo first = await StartAsync();
        RealSilo second = await StartAsync();
        await first.ErrorLineAsync(l => l.Contains(second.NodeId, StringComparison.Ordinal), "word of the second node in the first one's log");
        first.Kill();
        second.Kill();

        RealSilo again = await StartAsync();
        RealSilo other = await StartAsync();
        await again.ErrorLineAsync(l => l.Contains(other.NodeId, StringComparison.Ordinal), "word of the other node");
    }

    [Fact]
    public async Task Program_JoinsThroughANode_WithTheDatabaseInItsEnvironment()
    {
        RealSilo node = await StartAsync();
        using DriverProgram program = new("""
            using RayOrleans;

            await using IRay ray = await Ray.InitAsync(args[0]);
            int sum = await Ray.Remote((int a, int b) => a + b, 20, 22);
            Console.WriteLine($"{sum} {Ray.Nodes().Count}");
            """);
        await program.BuildAsync();

        Assert.Equal("42 2", await _silos.Add(new DriverProcess(program, node.Address)).ResultAsync());

        Environment.SetEnvironmentVariable(Variable, null);
        DriverProcess without = _silos.Add(new DriverProcess(program, node.Address));
        Assert.NotEqual(0, await without.ExitCodeAsync("the end of a program without the database"));
        Assert.Contains(Variable, without.Errors.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_IsOneCommand_AndMayBeRepeated()
    {
        for (int i = 0; i < 2; i++)
        {
            RealSilo apply = _silos.Add(RealSilo.Run("database", "apply"));
            Assert.Equal(0, await apply.ExitCodeAsync("the end of database apply"));
            Assert.Equal(i == 0, apply.Output.All.Contains("Applied 001-membership.sql", StringComparison.Ordinal));
            Assert.Contains("up to date", apply.Output.All, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(null, "ConnectionString")]
    [InlineData("Host=127.0.0.1;Port=1;Username=nobody;Password=hidden", "Host=127.0.0.1")]
    public async Task Database_ThatIsNotThere_IsNamed(string? connectionString, string expected)
    {
        Environment.SetEnvironmentVariable(Variable, connectionString);
        RealSilo start = _silos.Add(RealSilo.Run("start", "--provider", "AdoNet"));
        RealSilo apply = _silos.Add(RealSilo.Run("database", "apply"));

        foreach (RealSilo process in (RealSilo[])[start, apply])
        {
            Assert.NotEqual(0, await process.ExitCodeAsync("its end"));
            Assert.Contains(expected, process.Errors.All, StringComparison.Ordinal);
            Assert.DoesNotContain("hidden", process.Errors.All, StringComparison.Ordinal);
        }
    }

    private Task<RealSilo> StartAsync() => _silos.RealAsync("--provider", "AdoNet", "--cpus", "1");
}
