using RayOrleans.Runtime.Output;

namespace RayOrleans.Runtime.Tests.Output;

public class TaskOutputTests
{
    [Theory]
    [InlineData("plain", null, "plain")]
    [InlineData("\u001ef\u001fa line", "f", "a line")]
    [InlineData("\u001ef\u001f", "f", "")]
    [InlineData("\u001ewithout an end", null, "\u001ewithout an end")]
    [InlineData("in \u001ef\u001f between", null, "in \u001ef\u001f between")]
    [InlineData("", null, "")]
    public void Split_Line_TakesTheNameOut(string line, string? function, string text) => Assert.Equal((function, text), TaskOutput.Split(line));

    [Fact]
    public void Write_OutsideOfTasks_IsWrittenAsItIs()
    {
        StringWriter inner = new() { NewLine = "\n" };
        using TaskOutput output = new(inner);
        output.Write("a");
        output.Write('b');
        output.WriteLine("c\nd");
        output.WriteLine();
        output.Write(['e', '\n', 'f'], 1, 2);

        Assert.Equal("abc\nd\n\n\nf", inner.ToString());
    }
}
