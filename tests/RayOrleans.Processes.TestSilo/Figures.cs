using System.Diagnostics;
using System.Globalization;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Processes.TestSilo;

/// <summary>How fast batches travel to another silo; for people, no test asserts it.</summary>
internal static class Figures
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    public static async Task<string> MeasureAsync(IClusterTransport transport, NodeId node)
    {
        await RateAsync(transport, node, bytes: 64, inFlight: 64, TimeSpan.FromSeconds(1)).ConfigureAwait(false);
        double sync = await RateAsync(transport, node, bytes: 64, inFlight: 1, Duration).ConfigureAwait(false);
        double many = await RateAsync(transport, node, bytes: 64, inFlight: 1000, Duration).ConfigureAwait(false);
        double large = await RateAsync(transport, node, bytes: 60 * 1024, inFlight: 10, Duration).ConfigureAwait(false);
        return string.Create(CultureInfo.InvariantCulture, $"sync {sync:0}/s; 1000 in flight {many:0}/s; 60 KiB both ways, 10 in flight {large:0}/s = {large * 2 * 60 / 1024:0} MiB/s");
    }

    private static async Task<double> RateAsync(IClusterTransport transport, NodeId node, int bytes, int inFlight, TimeSpan duration)
    {
        byte[] batch = new byte[bytes];
        long start = Stopwatch.GetTimestamp();
        long calls = 0;
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(async _ =>
        {
            while (Stopwatch.GetElapsedTime(start) < duration)
            {
                await transport.CallNodeAsync(node, batch).ConfigureAwait(false);
                Interlocked.Increment(ref calls);
            }
        })).ConfigureAwait(false);
        return calls / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
