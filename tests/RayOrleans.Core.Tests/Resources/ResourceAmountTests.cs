namespace RayOrleans.Core.Tests.Resources;

public sealed class ResourceAmountTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 10_000)]
    [InlineData(0.0001, 1)]
    [InlineData(0.3, 3_000)]
    [InlineData(2.5, 25_000)]
    [InlineData(1e9, 10_000_000_000_000)]
    public void From_Multiple_IsExact(double quantity, long amount)
    {
        Assert.Equal(amount, ResourceAmount.From(quantity, "numCpus"));
        Assert.Equal(quantity, ResourceAmount.ToDouble(amount));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-0.0001)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e18)]
    [InlineData(0.00001)]
    [InlineData(1.00005)]
    public void From_Other_NamesTheResource(double quantity)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => ResourceAmount.From(quantity, "numGpus"));
        Assert.Contains("numGpus", error.Message);
    }

    [Fact]
    public void From_SumOfTenths_DoesNotDrift()
    {
        long sum = 0;
        for (int i = 0; i < 10; i++)
        {
            sum += ResourceAmount.From(0.1, "numCpus");
        }

        Assert.Equal(ResourceAmount.One, sum);
    }
}
