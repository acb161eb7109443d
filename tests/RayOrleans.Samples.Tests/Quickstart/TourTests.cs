using Quickstart;

namespace RayOrleans.Samples.Tests.Quickstart;

public sealed class TourTests
{
    private const string Source =
        """
        tour.Step("One");
        int a = 1;

        if (a > 0)
        {
            int b = a + 1;
        }
        tour.Check(b, 2);
        """;

    private readonly StringWriter _output = new();

    [Fact]
    public void Check_RightAnswer_ShowsTheLinesBeforeIt()
    {
        Tour tour = new(Source, _output);

        tour.Step("One", line: 1);
        tour.Check(2, 2, "b", line: 8);

        Assert.Equal(["1. One", "     int a = 1;", "     if (a > 0)", "         int b = a + 1;", "     b  ->  2"], Lines());
        Assert.Equal(0, tour.Finish());
    }

    [Fact]
    public void Check_WrongAnswer_SaysSoAndFails()
    {
        Tour tour = new(Source, _output);

        tour.Step("One", line: 1);
        tour.Check([1, 2], new List<int> { 1, 3 }, "pair", line: 8);

        Assert.Contains("   WRONG in step 1: expected 1, 3", Lines());
        Assert.Equal(1, tour.Finish());
    }

    [Fact]
    public void Check_InALoop_ShowsTheLinesOnce()
    {
        Tour tour = new(Source, _output);

        tour.Check(true, true, "x", line: 3);
        tour.Check(false, false, "x", line: 3);

        Assert.Equal(["     tour.Step(\"One\");", "     int a = 1;", "     x  ->  true", "     x  ->  false"], Lines());
    }

    [Fact]
    public async Task Throws_OtherFailureOrNone_IsWrong()
    {
        Tour tour = new("", _output);

        Assert.NotNull(await tour.Throws<FormatException>(() => throw new FormatException("bad"), "f()"));
        Assert.Equal(["     f()  ->  FormatException: bad"], Lines());
        Assert.Null(await tour.Throws<FormatException>(() => throw new InvalidOperationException("other"), "f()"));
        Assert.Null(await tour.Throws<FormatException>(() => Task.CompletedTask, "f()"));
        Assert.Equal(1, tour.Finish());
        Assert.Contains("2 wrong, see WRONG above.", Lines());
    }

    [Fact]
    public void OfThisProgram_FindsTheSource() => Assert.NotNull(Tour.OfThisProgram());

    private string[] Lines() => _output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
}
