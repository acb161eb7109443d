using System.Globalization;
using RayOrleans.Core;

namespace RayOrleans.Runtime.Output;

/// <summary>A line of a driver's console.</summary>
/// <param name="IsError">Whether it goes to standard error.</param>
/// <param name="Text">The line.</param>
internal readonly record struct OutputText(bool IsError, string Text)
{
    /// <summary>How a line is shown.</summary>
    /// <param name="shown">The line.</param>
    /// <param name="nameOf">What people call a node.</param>
    public static OutputText Of(in ShownLine shown, Func<NodeId, string> nameOf)
    {
        if (shown.Dropped > 0)
        {
            return new OutputText(IsError: true, string.Create(CultureInfo.InvariantCulture, $"(ray) {shown.Dropped} lines of tasks are not shown: there are too many. The log files of the nodes have them all."));
        }

        OutputLine line = shown.Line;
        string text = string.Create(CultureInfo.InvariantCulture, $"({line.Function ?? "worker"} pid={line.ProcessId}, node={nameOf(line.Node)}) {line.Text}");
        return new OutputText(line.IsError, shown.Repeats == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"{text} [repeated {shown.Repeats}x across the cluster]"));
    }
}
