using System.Runtime.InteropServices;

namespace RayOrleans.Runtime.Processes;

/// <summary>How long the functions of a job take in its process, by name, and how many of them may ride on one CPU for it. Under the engine's lock.</summary>
internal sealed class Pace
{
    /// <summary>A lease takes about this long: many times what handing one over costs, and short beside what people notice.</summary>
    private const double LeaseMicroseconds = 2_000;

    private const int MaxRiders = 128;
    private const double Weight = 0.1;

    private readonly Dictionary<string, double> _microseconds = [];

    /// <summary>How many may ride behind one of this name; none before it is known how long it takes.</summary>
    public int RidersOf(string? name) => name is not null && _microseconds.TryGetValue(name, out double each)
        ? (int)Math.Min(MaxRiders, LeaseMicroseconds / Math.Max(each, 1))
        : 0;

    /// <summary>One has ended.</summary>
    public void Ran(string? name, long microseconds)
    {
        if (name is null)
        {
            return;
        }

        ref double each = ref CollectionsMarshal.GetValueRefOrAddDefault(_microseconds, name, out bool isKnown);
        each = isKnown ? each + (Weight * (microseconds - each)) : microseconds;
    }
}
