namespace RayOrleans.Core;

/// <summary>What a driver's console is to show.</summary>
/// <param name="Line">The line; of no meaning where <paramref name="Dropped"/> is not 0.</param>
/// <param name="Repeats">0: the line as it came. Else it is shown again because it came so many times more, from several processes.</param>
/// <param name="Dropped">Not 0: so many lines are not shown.</param>
public readonly record struct ShownLine(OutputLine Line, int Repeats, long Dropped);
