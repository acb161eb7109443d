using RayOrleans.Silo.Microbenchmark.Reports;

namespace RayOrleans.Silo.Tests.Microbenchmark;

public sealed class FigureTests
{
    [Theory]
    [InlineData(1234567.8, "1,234,568")]
    [InlineData(123.45, "123.5")]
    [InlineData(12.345, "12.35")]
    [InlineData(0.12345, "0.123")]
    public void Text_AnySize_KeepsWhatMatters(double value, string expected) => Assert.Equal(expected, Figure.Text(value));

    [Theory]
    [InlineData(0.853, "85 %")]
    [InlineData(0.0123, "1.2 %")]
    public void Percent_Share_IsRounded(double ratio, string expected) => Assert.Equal(expected, Figure.Percent(ratio));
}
