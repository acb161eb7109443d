namespace RayOrleans.Core.Simulation.Tests;

/// <summary>The checkers of clusters are shown to find what they are there for.</summary>
public sealed class ClusterBrokenCopyTests
{
    private const int Seeds = 3_000;

    private const string Soak = "RayOrleans.Core.Simulation.Cluster.ClusterSoak";

    public static TheoryData<string, string, string, string> Mistakes => new()
    {
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void ClusterMistake_Planted_IsFound(string mistake, string file, string text, string replacement)
    {
        string? failure = BrokenCopy.FirstFailure(file, text, replacement, start: 1, Seeds, Soak);

        Assert.True(failure is not null, $"{Seeds} seeds do not show that {mistake}.");
    }

    [Fact]
    public void ClusterCopy_WithoutMistake_FindsNothing()
    {
        Assert.Null(BrokenCopy.FirstFailure("", "", "", start: 1, seeds: 120, Soak));
    }
}
