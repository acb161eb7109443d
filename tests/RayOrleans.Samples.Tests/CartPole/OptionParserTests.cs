using CartPole.Options;

namespace RayOrleans.Samples.Tests.CartPole;

public sealed class OptionParserTests
{
    [Fact]
    public void Parse_Nothing_GivesTheDefaults()
    {
        TrainingOptions options = OptionParser.Parse([]);

        Assert.Equal([1, 2, 3], options.Seeds);
        Assert.Equal(1, options.Nodes);
        Assert.False(options.UseTasks);
    }

    [Fact]
    public void Parse_EveryOption_IsRead()
    {
        TrainingOptions options = OptionParser.Parse(
            ["--seeds", "7, 8", "--iterations", "5", "--simulators", "6", "--tasks", "--nodes", "2", "--out", "a/b.PNG"]);

        Assert.Equal([7, 8], options.Seeds);
        Assert.Equal((5, 6, 2), (options.Iterations, options.Simulators, options.Nodes));
        Assert.True(options.UseTasks);
        Assert.Equal("a/b.PNG", options.PicturePath);
    }

    [Theory]
    [InlineData("Unknown option '--sed'. --help lists the options.", "--sed", "1")]
    [InlineData("--seeds needs a value after it.", "--seeds")]
    [InlineData("--iterations needs a value after it.", "--iterations", "--tasks")]
    [InlineData("--seeds has 'x'; it must be a whole number from 0 to 2147483647.", "--seeds", "1,x")]
    [InlineData("--seeds is '1,1'; every seed may be there once.", "--seeds", "1,1")]
    [InlineData("--simulators has '0'; it must be a whole number from 1 to 10000.", "--simulators", "0")]
    [InlineData("--nodes has '1.5'; it must be a whole number from 1 to 64.", "--nodes", "1.5")]
    [InlineData("--out is 'curve.svg'; it must end in .png.", "--out", "curve.svg")]
    public void Parse_SomethingWrong_SaysWhatAndWhatCanBe(string message, params string[] arguments) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => OptionParser.Parse(arguments)).Message);
}
