using CartPole.Learning;

namespace RayOrleans.Samples.Tests.CartPole;

public sealed class RankShapingTests
{
    [Fact]
    public void CentredRanks_DistinctReturns_SpreadEvenly() =>
        Assert.Equal([0.5, -0.5, 0, 0.25, -0.25], RankShaping.CentredRanks([900, 1, 30, 40, 2]));

    [Fact]
    public void CentredRanks_EqualReturns_ShareTheirMeanRank() =>
        Assert.Equal([0.375, -0.5, 0.375, -0.25, 0], RankShaping.CentredRanks([500, 1, 500, 9, 10]));

    [Fact]
    public void CentredRanks_AllEqual_AreZero() =>
        Assert.All(RankShaping.CentredRanks([500, 500, 500]), rank => Assert.Equal(0, rank));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void CentredRanks_TooFewToCompare_AreZero(int count) =>
        Assert.Equal(new double[count], RankShaping.CentredRanks(new double[count]));
}
