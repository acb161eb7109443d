using System.Globalization;
using System.Xml.Linq;
using RayOrleans.Silo.Figures;

namespace RayOrleans.Silo.Tests.Figures;

public sealed class ReconstructionTests
{
    [Fact]
    public void Series_CountsTheFirstRunOfATaskAsOriginal_AndEveryOtherAsRepeated()
    {
        DateTime start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        ChainRun[] runs =
        [
            new(start.AddSeconds(-1), 0, -1, 0),
            new(start.AddSeconds(0.5), 0, 0, 0),
            new(start.AddSeconds(1.5), 0, 0, 1),
            new(start.AddSeconds(2.5), 0, 0, 0),
            new(start.AddSeconds(3.5), 0, 0, 1),
            new(start.AddSeconds(3.6), 0, 0, 2),
            new(start.AddSeconds(4.5), 0, 0, 3),
        ];

        IReadOnlyList<ReconstructionPoint> series = ReconstructionPoint.Series(runs, start, TimeSpan.FromSeconds(4), 2, time => time.TotalSeconds < 2 ? 2 : 1);

        Assert.Equal([new ReconstructionPoint(0, 2, 1, 0), new ReconstructionPoint(2, 1, 0.5, 1)], series);
        Assert.Equal(1.5, series[1].PerNode);
    }

    [Fact]
    public void Notes_OfAProcessThatWasKilledInTheMiddleOfALine_AreReadUpToIt()
    {
        string folder = Directory.CreateTempSubdirectory("rayorleans-test-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "1.runs"), "20 1 2 3\n30 1 2 4\n40 1");
            File.WriteAllText(Path.Combine(folder, "2.runs"), "25 5 6 7\n");

            Assert.Equal([3, 7, 4], ChainRun.ReadAll(folder).Select(run => run.Link));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Picture_IsAnSvgDocument_WithABarForEveryAmount()
    {
        SvgFigure figure = new() { Title = "a < b", XAxis = "time", LeftAxis = "tasks", RightAxis = "nodes", X = [0, 1, 2] };
        figure.AddBars("one", "#111111", [1, 2]);
        figure.AddBars("two", "#222222", [3, 0]);
        figure.AddLine("nodes", "#333333", [4, 3]);

        XElement svg = XElement.Parse(figure.Draw());

        XNamespace space = "http://www.w3.org/2000/svg";
        XElement[] bars = [.. svg.Elements(space + "rect").Where(r => r.Attribute("fill")!.Value == "#222222")];
        Assert.Equal(3, bars.Length);
        Assert.Contains(svg.Elements(space + "text"), t => t.Value == "a < b");

        // Three of at most four, on a scale that ends at four.
        double first = double.Parse(bars[0].Attribute("height")!.Value, CultureInfo.InvariantCulture);
        Assert.Equal(0.75 * (420 - 50 - 60), first, 0.1);
        Assert.Single(svg.Elements(space + "polyline"));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(4.2, 5)]
    [InlineData(160, 200)]
    [InlineData(0.07, 0.08)]
    public void Scale_EndsAtARoundNumber(double most, double top) => Assert.Equal(top, SvgFigure.NiceTop(most), 6);
}
