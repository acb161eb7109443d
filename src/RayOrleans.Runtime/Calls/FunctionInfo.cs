using System.Reflection;
using RayOrleans.Runtime.Code;

namespace RayOrleans.Runtime;

/// <summary>What is known of a function: its name, and how long its recent runs took. Racy on purpose: the figures only guide.</summary>
internal sealed class FunctionInfo(MethodInfo method, LoadedCode? code)
{
    private const int StreakForInline = 8;
    private static readonly long ShortTicks = Clock.FromMilliseconds(0.2);

    private int _shortStreak;

    /// <summary>The name for people: the type and the method, without the compiler's decorations.</summary>
    public string Name { get; } = FunctionNames.Of(method);

    public MethodInfo Method => method;

    /// <summary>The shipped code whose attempts call it; null: this process' own.</summary>
    public LoadedCode? Code => code;

    /// <summary>What its calls need on other nodes; null: none has left for another node.</summary>
    public CallNeeds? Needs { get; set; }

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
