using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Tests.Microbenchmark;

public sealed class SummaryTests
{
    [Fact]
    public void Of_OddCount_TakesTheMiddle() =>
        Assert.Equal(new Summary(3, 1, 9), Summary.Of([9, 1, 3]));

    [Fact]
    public void Of_EvenCount_TakesTheMeanOfTheMiddleTwo() =>
        Assert.Equal(new Summary(2.5, 1, 10), Summary.Of([10, 2, 3, 1]));

    [Fact]
    public void Of_OneSample_IsThatSample() =>
        Assert.Equal(new Summary(7, 7, 7), Summary.Of([7]));

    [Fact]
    public void Of_NoSampleOrNoNumber_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Summary.Of([]));
        Assert.Throws<ArgumentException>(() => Summary.Of([1, double.NaN]));
    }
}
