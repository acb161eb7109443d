using RayOrleans.Silo.Tests.CommandLine;

namespace RayOrleans.Silo.Tests.Figures;

[Collection(nameof(EmbeddedNode))]
public sealed class FigureCommandTests
{
    /// <summary>Processes that are killed while chains of tasks run on them; every result is checked.</summary>
    [Fact]
    public async Task Figure11a_EndsWithEveryResultRight_AndWritesItsFiles()
    {
        string csv = Path.GetTempFileName();
        string svg = Path.GetTempFileName();
        try
        {
            ConsoleCall call = await ConsoleCall.RunAsync(
                "figure", "11a", "--seconds", "12", "--nodes", "3", "--tasks-per-node", "2", "--links", "8", "--csv", csv, "--svg", svg);

            Assert.True(call.ExitCode == 0, call.Output + call.Error);
            Assert.Contains("all results right", call.Output, StringComparison.Ordinal);
            Assert.Equal(46, File.ReadAllLines(csv).Length);
            Assert.StartsWith("<svg", File.ReadAllText(svg), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(csv);
            File.Delete(svg);
        }
    }

    /// <summary>The five minutes scaled down: what grows is found by <see cref="Endurance.EnduranceTests.Growth_IsFound_AndNoiseIsNone"/>.</summary>
    [Fact]
    public async Task Figure10b_EndsWithEveryResultRight_AndWritesItsFiles()
    {
        string svg = Path.GetTempFileName();
        try
        {
            ConsoleCall call = await ConsoleCall.RunAsync("figure", "10b", "--tasks", "3000", "--minutes", "1", "--look", "1", "--svg", svg);

            Assert.True(call.ExitCode == 0, call.Output + call.Error);
            Assert.Contains("finished tasks leave the shards", call.Output, StringComparison.Ordinal);
            Assert.StartsWith("<svg", File.ReadAllText(svg), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(svg);
        }
    }
}
