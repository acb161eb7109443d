using RayOrleans.Silo.Endurance;
using RayOrleans.Silo.Tests.CommandLine;

namespace RayOrleans.Silo.Tests.Endurance;

[Collection(nameof(EmbeddedNode))]
public sealed class EnduranceTests
{
    [Fact]
    public void Growth_IsFound_AndNoiseIsNone()
    {
        double[] noise = [.. Enumerable.Range(0, 40).Select(i => 100 + (i % 3))];
        double[] start = [.. Enumerable.Range(0, 40).Select(i => i < 8 ? 10.0 * i : 100)];
        double[] leak = [.. Enumerable.Range(0, 40).Select(i => 100 + (i * 5.0))];

        Assert.Null(GrowthCheck.Find("bytes", noise, 0.1, 0));
        Assert.Null(GrowthCheck.Find("bytes", start, 0.1, 0));
        Assert.Null(GrowthCheck.Find("bytes", leak, 0.1, 1000));
        Assert.Contains("bytes has grown", GrowthCheck.Find("bytes", leak, 0.1, 0), StringComparison.Ordinal);
        Assert.Null(GrowthCheck.Find("bytes", [.. leak.Take(GrowthCheck.FewestLooks - 1)], 0, 0));
    }

    /// <summary>The loop over ten million objects, scaled down: `endurance` without options is the whole of it.</summary>
    [Fact]
    public async Task Objects_OnTwoSilosAndAcrossThem_LeaveNothing()
    {
        ConsoleCall call = await ConsoleCall.RunAsync("endurance", "--objects", "20000", "--minutes", "1", "--look", "1");

        Assert.True(call.ExitCode == 0, call.Output + call.Error);
        Assert.Contains("nothing is left", call.Output, StringComparison.Ordinal);
    }

    /// <summary>A million tasks within a gigabyte, scaled down to what must be exceeded: `endurance chain` without options is the whole of it.</summary>
    [Fact]
    public async Task Chain_ThatNeedsMoreThanTheBound_StaysWithinIt_AndSaysSo()
    {
        ConsoleCall call = await ConsoleCall.RunAsync("endurance", "chain", "--tasks", "10000", "--lineage-bytes", "1000000", "--look", "0.2");

        Assert.True(call.ExitCode == 0, call.Output + call.Error);
        Assert.Contains("of 1,000,000 bytes of lineage, the rest was given up, and it was said", call.Output, StringComparison.Ordinal);
    }
}
