using System.Globalization;
using RayOrleans.Processes.Tests.Harness;

namespace RayOrleans.Processes.Tests;

/// <summary>A short and fixed set of chaos runs: what happens when depends on the machine, that every answer is right and nothing is left does not.</summary>
[Collection("processes")]
public sealed class ChaosTests
{
    [Theory]
    [InlineData(4, "Kill", "Freeze", "Slow")]
    [InlineData(7, "KillTwo", "Leave")]
    public async Task Cluster_WhoseProcessesSuffer_GivesRightAnswersAndKeepsNothing(int seed, params string[] faults) => await RunAsync(seed, faults);

    [Theory]
    [InlineData(1, "CutOff", "Delay")]
    [InlineData(3, "Silence", "Part")]
    public async Task Cluster_WhoseConnectionsAreCutAndHealed_GivesRightAnswersAndKeepsNothing(int seed, params string[] faults)
    {
        // Whose a connection is, only Linux tells.
        if (OperatingSystem.IsLinux())
        {
            await RunAsync(seed, faults);
        }
    }

    [Fact]
    public async Task Run_ThatIsKilled_LeavesNoProcess()
    {
        await using Silos silos = new();
        RealSilo chaos = silos.Add(RealSilo.Run(["chaos", "--seed", "1", "--minutes", "10", "--workers", "2", "--fault", "Slow"]));
        List<int> workers = [];
        for (int i = 0; i < 2; i++)
        {
            string up = await chaos.LineAsync(line => line.Contains($"worker {i} is up", StringComparison.Ordinal), $"worker {i}");
            workers.Add(int.Parse(up[(up.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
        }

        chaos.Kill();
        foreach (int worker in workers)
        {
            await OtherProcesses.GoneAsync(worker, "of a chaos run that was killed");
        }
    }

    private static async Task RunAsync(int seed, string[] faults)
    {
        await using Silos silos = new();
        RealSilo chaos = silos.Add(RealSilo.Run(
            ["chaos", "--seed", $"{seed}", "--minutes", "0.15", "--workers", "2", "--bound", "40", .. faults.SelectMany(static f => (string[])["--fault", f])]));

        int code = await chaos.ExitCodeAsync("the end of the chaos run");

        Assert.True(code == 0, chaos.Output.All + chaos.Errors.All);
        Assert.Contains("integrity: clean", chaos.Output.All, StringComparison.Ordinal);
    }
}
