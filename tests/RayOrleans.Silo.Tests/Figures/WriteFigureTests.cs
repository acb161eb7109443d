using RayOrleans.Silo.Figures.Writes;

namespace RayOrleans.Silo.Tests.Figures;

public sealed class WriteFigureTests
{
    [Fact]
    public void Series_HasALongWriteInEveryPartThatItLasted()
    {
        (TimeSpan, TimeSpan)[] writes =
        [
            (TimeSpan.FromSeconds(0.1), TimeSpan.FromMilliseconds(2)),
            (TimeSpan.FromSeconds(0.2), TimeSpan.FromMilliseconds(4)),
            (TimeSpan.FromSeconds(0.5), TimeSpan.FromMilliseconds(2_000)),
            (TimeSpan.FromSeconds(3.9), TimeSpan.FromMilliseconds(500)),
        ];

        IReadOnlyList<WritePoint> series = WritePoint.Series(writes, TimeSpan.FromSeconds(4), 4);

        Assert.Equal([new WritePoint(0, 2, 4, 2_000), new(1, 0, 0, 2_000), new(2, 1, 2_000, 2_000), new(3, 1, 500, 500)], series);
    }
}
