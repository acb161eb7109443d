using System.Text.Json;

namespace RayOrleans.Silo.Tests.CommandLine;

[Collection(nameof(EmbeddedNode))]
public sealed class MicrobenchmarkCommandTests
{
    [Theory]
    [InlineData("microbenchmark", "--repeats", "0")]
    [InlineData("microbenchmark", "--repeats", "many")]
    [InlineData("microbenchmark", "--scale", "0")]
    [InlineData("microbenchmark", "--scale", "-1")]
    [InlineData("microbenchmark", "--filter")]
    [InlineData("microbenchmark", "--no-such-option")]
    [InlineData("no-such-command")]
    public async Task Arguments_Wrong_FailAndSayWhy(params string[] arguments)
    {
        ConsoleCall call = await ConsoleCall.RunAsync(arguments);

        Assert.Equal(1, call.ExitCode);
        Assert.NotEmpty(call.Error.Trim());
    }

    [Fact]
    public async Task Filter_NoLine_FailsAndNamesTheText()
    {
        ConsoleCall call = await ConsoleCall.RunAsync("microbenchmark", "--filter", "no such line");

        Assert.Equal(1, call.ExitCode);
        Assert.Contains("no such line", call.Error);
    }

    [Fact]
    public async Task List_SeveralFilters_PrintsTheirLinesOnly()
    {
        ConsoleCall call = await ConsoleCall.RunAsync("microbenchmark", "--list", "--filter", "1:N ACTOR", "--filter", "[inline]");

        Assert.Equal(0, call.ExitCode);
        Assert.Equal(
            ["1:n actor calls async [hand-off]", "single client tasks sync [inline]"],
            call.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Json_OneLine_WritesTableAndFile()
    {
        string path = Path.Combine(Path.GetTempPath(), $"rayorleans-benchmark-{Guid.NewGuid():N}.json");
        try
        {
            ConsoleCall call = await ConsoleCall.RunAsync(
                "microbenchmark", "--filter", "single client put calls", "--repeats", "2", "--scale", "0.001", "--json", path);

            Assert.Equal("", call.Error);
            Assert.Equal(0, call.ExitCode);
            Assert.Contains("single client put calls", call.Output);
            using JsonDocument json = JsonDocument.Parse(await File.ReadAllTextAsync(path));
            Assert.Equal("single client put calls", Assert.Single(json.RootElement.EnumerateArray()).GetProperty("name").GetString());
        }
        finally
        {
            File.Delete(path);
        }
    }
}
