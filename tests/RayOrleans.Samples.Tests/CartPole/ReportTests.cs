using CartPole.Report;
using CartPole.Training;

namespace RayOrleans.Samples.Tests.CartPole;

public sealed class ReportTests
{
    [Fact]
    public void Show_OnATerminal_RewritesItsLine()
    {
        StringWriter output = new();
        ProgressDisplay display = new(output, isTerminal: true);

        display.Show(new(1, 1, 60, 10, 32, 0));
        display.Show(new(1, 2, 60, 250, 32, 3));
        display.WriteLine("done");

        string[] parts = output.ToString().TrimEnd().Split("\r\u001b[K");
        Assert.Equal("", parts[0]);
        Assert.Contains("250.0  32 rollouts, 3 late", parts[2], StringComparison.Ordinal);
        Assert.Equal("done", parts[3]);
    }

    [Fact]
    public void Show_ElsewhereThanATerminal_WritesPlainLinesNowAndThen()
    {
        StringWriter output = new();
        ProgressDisplay display = new(output, isTerminal: false);

        for (int iteration = 1; iteration <= 12; iteration++)
        {
            display.Show(new(1, iteration, 12, 500, 32, 0));
        }

        string[] lines = output.ToString().TrimEnd().Split(Environment.NewLine);
        Assert.Equal(4, lines.Length);
        Assert.DoesNotContain('\u001b', output.ToString());
    }

    [Fact]
    public void Save_Curves_WritesAPng()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("cartpole").FullName, "curve.png");

        string full = LearningCurvePicture.Save(path, [new(1, [10, 60, 300, 500], 500, 100), new(2, [10, 30, 100, 480], 490, 100)]);

        byte[] bytes = File.ReadAllBytes(full);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], bytes[..4]);
        Directory.Delete(Path.GetDirectoryName(full)!, recursive: true);
    }
}
