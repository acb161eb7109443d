namespace RayOrleans.Silo.Figures.Writes;

/// <summary>A part of the time of figure 10a.</summary>
/// <param name="Seconds">When it began.</param>
/// <param name="PerSecond">Writes that ended, per second.</param>
/// <param name="Median">How long they took as a rule, in milliseconds; 0 when none ended.</param>
/// <param name="Longest">The longest that was under way, in milliseconds.</param>
internal readonly record struct WritePoint(double Seconds, double PerSecond, double Median, double Longest)
{
    /// <summary>Divides the time into equal parts; a write that lasts over several is in all of them.</summary>
    /// <param name="writes">When each began and how long it took, in the order of time.</param>
    /// <param name="duration">The whole time.</param>
    /// <param name="parts">How many parts.</param>
    public static IReadOnlyList<WritePoint> Series(IReadOnlyList<(TimeSpan At, TimeSpan Took)> writes, TimeSpan duration, int parts)
    {
        List<double>[] ended = [.. Enumerable.Range(0, parts).Select(static _ => new List<double>())];
        double[] longest = new double[parts];
        double length = duration.TotalSeconds / parts;
        foreach ((TimeSpan at, TimeSpan took) in writes)
        {
            int first = PartOf(at);
            int last = PartOf(at + took);
            ended[last].Add(took.TotalMilliseconds);
            for (int i = first; i <= last; i++)
            {
                longest[i] = Math.Max(longest[i], took.TotalMilliseconds);
            }
        }

        return [.. ended.Select((e, i) => new WritePoint(i * length, e.Count / length, e.Count == 0 ? 0 : e.Order().ElementAt(e.Count / 2), longest[i]))];

        int PartOf(TimeSpan time) => Math.Clamp((int)(time.TotalSeconds / length), 0, parts - 1);
    }
}
