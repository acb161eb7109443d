using System.Reflection;

namespace RayOrleans.Runtime;

/// <summary>What is known of a function: its name, and how long its recent runs took. Racy on purpose: the figures only guide.</summary>
internal sealed class FunctionInfo(MethodInfo method)
{
    private const int StreakForInline = 8;
    private static readonly long ShortTicks = Clock.FromMilliseconds(0.2);

    private int _shortStreak;

    /// <summary>The name for people: the type and the method, without the compiler's decorations.</summary>
    public string Name { get; } = FunctionNames.Of(method);

    public MethodInfo Method => method;

    /// <summary>Whether its recent runs were all short: it may be run in place of waiting for it, and one thread can keep up with it.</summary>
    public bool IsShort => _shortStreak >= StreakForInline;

    public void Ran(long ticks)
    {
        if (ticks > ShortTicks)
        {
            _shortStreak = 0;
        }
        else if (_shortStreak < StreakForInline)
        {
            _shortStreak++;
        }
    }
}
