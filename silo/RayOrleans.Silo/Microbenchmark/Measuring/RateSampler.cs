using System.Diagnostics;

namespace RayOrleans.Silo.Microbenchmark.Measuring;

/// <summary>Repeats a body for a while and counts per second. The clock is read about once a millisecond.</summary>
internal sealed class RateSampler
{
    private const int MostWindows = 16;
    private const int SteadyWindows = 3;
    private const double Faster = 1.05;

    private static readonly TimeSpan BetweenClockReadings = TimeSpan.FromMilliseconds(1);

    private readonly Action _body;
    private readonly double _perCall;
    private int _callsPerReading = 1;

    /// <param name="body">What is repeated.</param>
    /// <param name="perCall">How much one call of it counts.</param>
    public RateSampler(Action body, double perCall)
    {
        _body = body;
        _perCall = perCall;
    }

    /// <summary>Repeats the body at least once and at least this long.</summary>
    /// <returns>The count per second.</returns>
    public double Sample(TimeSpan atLeast)
    {
        long calls = 0;
        long start = Stopwatch.GetTimestamp();
        TimeSpan before = TimeSpan.Zero;
        while (true)
        {
            int batch = _callsPerReading;
            for (int i = 0; i < batch; i++)
            {
                _body();
            }

            calls += batch;
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            if (elapsed >= atLeast && elapsed > TimeSpan.Zero)
            {
                return calls * _perCall / elapsed.TotalSeconds;
            }

            Adapt(elapsed - before);
            before = elapsed;
        }
    }

    /// <summary>
    /// Repeats the body until it does not get faster any more: three windows in a row without a new best. The JIT's last tier comes late, and later
    /// still in another process on a busy machine.
    /// </summary>
    /// <param name="window">The least time of one window.</param>
    public void WarmUp(TimeSpan window)
    {
        double best = 0;
        int steady = 0;
        for (int i = 0; i < MostWindows && steady < SteadyWindows; i++)
        {
            double rate = Sample(window);
            steady = rate > best * Faster ? 0 : steady + 1;
            best = Math.Max(best, rate);
        }
    }

    private void Adapt(TimeSpan batchTime)
    {
        if (batchTime < BetweenClockReadings / 2)
        {
            _callsPerReading = Math.Min(_callsPerReading * 2, 1 << 20);
        }
        else if (batchTime > BetweenClockReadings * 2)
        {
            _callsPerReading = Math.Max(_callsPerReading / 2, 1);
        }
    }
}
