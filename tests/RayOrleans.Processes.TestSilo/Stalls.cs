using System.Diagnostics;
using System.Globalization;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Processes.TestSilo;

/// <summary>For how long shards and schedulers do not answer; a test kills a silo meanwhile. For people, no test asserts times.</summary>
internal static class Stalls
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Calls each of them all the time, as links do; says the longest gap between two answers of each, and the longest failing call, in milliseconds.</summary>
    public static async Task<string> WatchAsync(IClusterTransport transport, TimeSpan duration)
    {
        long start = Stopwatch.GetTimestamp();
        string[] shards = await Task.WhenAll(Enumerable.Range(0, transport.ShardCount).Select(i => WatchAsync(start, duration, () => transport.CallShardAsync(i, [])))).ConfigureAwait(false);
        return string.Join(' ', shards);
    }

    private static async Task<string> WatchAsync(long start, TimeSpan duration, Func<ValueTask<byte[]>> call)
    {
        long last = Stopwatch.GetTimestamp();
        TimeSpan gap = TimeSpan.Zero;
        TimeSpan failed = TimeSpan.Zero;
        string why = "";
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            long began = Stopwatch.GetTimestamp();
            try
            {
                await call().ConfigureAwait(false);
                TimeSpan since = Stopwatch.GetElapsedTime(last);
                gap = since > gap ? since : gap;
                last = Stopwatch.GetTimestamp();
            }
            catch (Exception e)
            {
                TimeSpan took = Stopwatch.GetElapsedTime(began);
                (failed, why) = took > failed ? (took, e.GetType().Name) : (failed, why);
            }

            // The load's rate: without a pause it would take the CPU that it measures the absence of.
            await Task.Delay(Pause).ConfigureAwait(false);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Math.Max(gap.TotalMilliseconds, Stopwatch.GetElapsedTime(last).TotalMilliseconds):0}/{failed.TotalMilliseconds:0}{why}");
    }
}
