namespace RayOrleans.Silo.Tests.CommandLine;

[Collection(nameof(EmbeddedNode))]
public sealed class ChaosCommandTests
{
    /// <summary>A cluster of processes, one of which is killed, frozen or asked to leave.</summary>
    [Fact]
    public async Task ShortRun_EndsClean()
    {
        ConsoleCall call = await ConsoleCall.RunAsync("chaos", "--seed", "2", "--minutes", "0.15", "--workers", "2", "--fault", "Kill", "--fault", "Leave", "--fault", "Freeze");

        Assert.True(call.ExitCode == 0, call.Output + call.Error);
        Assert.EndsWith($"integrity: clean{Environment.NewLine}", call.Output, StringComparison.Ordinal);
        Assert.Contains("object churn", call.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--minutes", "0")]
    [InlineData("--workers", "0")]
    [InlineData("--fault", "Earthquake")]
    public async Task OptionThatCannotBeMeant_IsRefused(string option, string value)
    {
        ConsoleCall call = await ConsoleCall.RunAsync("chaos", option, value);
        Assert.NotEqual(0, call.ExitCode);
        Assert.Contains(option, call.Error, StringComparison.Ordinal);
    }
}
