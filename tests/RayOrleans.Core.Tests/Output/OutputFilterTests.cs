using RayOrleans.Core;

namespace RayOrleans.Core.Tests.Output;

public class OutputFilterTests
{
    private const long Second = 1_000;
    private static readonly OutputOptions Options = new() { RepeatTicks = 5 * Second, SecondTicks = Second, LinesPerSecond = 10, Burst = 20, MaxRemembered = 5 };

    private readonly OutputFilter _filter = new(Options);

    [Fact]
    public void Take_SameLineOfSeveralProcesses_IsShownOnceAndCountedWhenThePeriodHasPassed()
    {
        Assert.Equal([new ShownLine(Line("a", 1), 0, 0)], Take(Line("a", 1), 0));
        Assert.Empty(Take(Line("a", 2), 1));
        Assert.Empty(Take(Line("a", 1), 2));
        Assert.Empty(Flush(4_999));

        Assert.Equal([new ShownLine(Line("a", 1), 2, 0)], Flush(5_000));
        Assert.Equal([new ShownLine(Line("a", 2), 0, 0)], Take(Line("a", 2), 5_001));
    }

    [Fact]
    public void Take_SameLineOfOneProcess_IsShownEachTime()
    {
        Assert.Single(Take(Line("a", 1), 0));
        Assert.Single(Take(Line("a", 1), 1));
        Assert.Empty(Flush(6_000));
    }

    [Fact]
    public void Take_OtherFunctionOrStream_IsAnotherLine()
    {
        Assert.Single(Take(Line("a", 1), 0));
        Assert.Single(Take(Line("a", 2) with { Function = "g" }, 0));
        Assert.Single(Take(Line("a", 2) with { IsError = true }, 0));
    }

    [Fact]
    public void Take_Flood_IsCutAndSaysOnceASecondHowManyAreMissing()
    {
        int shown = Enumerable.Range(0, 100).Sum(i => Take(Line($"line {i}", 1), 0).Count);

        Assert.Equal(20, shown);
        Assert.Equal([new ShownLine(default, 0, 80)], Flush(0));
        Assert.Equal(10, Enumerable.Range(0, 100).Sum(i => Take(Line($"line {i}", 1), Second - 1 + (i / 99)).Count));
        Assert.Equal([new ShownLine(default, 0, 90)], Flush(Second));
        Assert.Empty(Flush(2 * Second));
    }

    [Fact]
    public void Flush_All_ShowsWhatIsLeft()
    {
        Take(Line("a", 1), 0);
        Take(Line("a", 2), 0);
        _filter.Drop(7);
        Assert.Equal([new ShownLine(default, 0, 7)], Flush(0));
        _filter.Drop(1);
        Assert.Empty(Flush(1));

        Assert.Equal([new ShownLine(Line("a", 1), 1, 0), new ShownLine(default, 0, 1)], Flush(1, all: true));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Take_Anything_EveryLineIsShownRepeatedOrDropped(int seed)
    {
        Random random = new(seed);
        List<ShownLine> shown = [];
        long now = 0;
        for (int i = 0; i < 5_000; i++)
        {
            now += random.Next(0, 60);
            _filter.Take(Line($"l{random.Next(12)}", random.Next(3)), now, shown);
            if (random.Next(10) == 0)
            {
                _filter.Flush(now, all: false, shown);
            }
        }

        _filter.Flush(now, all: true, shown);

        Assert.Equal(5_000, shown.Sum(s => s.Dropped > 0 ? s.Dropped : s.Repeats > 0 ? s.Repeats : 1));
        Assert.Contains(shown, s => s.Repeats > 0);
        Assert.Contains(shown, s => s.Dropped > 0);
    }

    [Fact]
    public void TryTake_AfterAVeryLongTime_HasTheBurstAndNoMore()
    {
        OutputLimit limit = new(Options);
        Assert.True(limit.TryTake(long.MinValue / 4));

        Assert.Equal(20, Enumerable.Range(0, 50).Count(_ => limit.TryTake(long.MaxValue / 4)));
    }

    private static OutputLine Line(string text, int process) => new(default, process, "f", IsError: false, text);

    private List<ShownLine> Take(OutputLine line, long now)
    {
        List<ShownLine> shown = [];
        _filter.Take(line, now, shown);
        return shown;
    }

    private List<ShownLine> Flush(long now, bool all = false)
    {
        List<ShownLine> shown = [];
        _filter.Flush(now, all, shown);
        return shown;
    }
}
