using System.Diagnostics;

namespace RayOrleans.Runtime;

/// <summary>The runtime's ticks: the high-resolution timer.</summary>
internal static class Clock
{
    private static readonly long Origin = Stopwatch.GetTimestamp();
    private static readonly DateTimeOffset OriginTime = DateTimeOffset.UtcNow;

    public static long Now => Stopwatch.GetTimestamp();

    public static long FromMilliseconds(double milliseconds) => (long)(milliseconds * Stopwatch.Frequency / 1000);

    public static double ToMilliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;

    public static DateTimeOffset ToTime(long ticks) => OriginTime + Stopwatch.GetElapsedTime(Origin, ticks);
}
