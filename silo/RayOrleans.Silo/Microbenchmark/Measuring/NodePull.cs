using System.Diagnostics;
using RayOrleans.Silo.Microbenchmark.Lines;

namespace RayOrleans.Silo.Microbenchmark.Measuring;

/// <summary>An object that was put on the other node is got here; each time another object. Only the get is timed. Used by one thread.</summary>
internal sealed class NodePull(LineContext context)
{
    private const double BytesPerGigabyte = 1e9;

    /// <summary>After so many every page of both stores that the later ones get has been touched.</summary>
    private const int WarmUpPulls = 4;

    private readonly int _length = (int)(context.Scale.Bytes(BenchmarkScale.PullBytes) / sizeof(long));

    /// <summary>Pulls until memory has been touched.</summary>
    public void WarmUp()
    {
        for (int i = 0; i < WarmUpPulls; i++)
        {
            Sample();
        }
    }

    /// <summary>Pulls once.</summary>
    /// <returns>Gigabytes per second.</returns>
    public double Sample()
    {
        double seconds = Pull();
        FreeStores.Wait(context.Ray);
        return (double)_length * sizeof(long) / BytesPerGigabyte / seconds;
    }

    private double Pull()
    {
        using ObjectRef<ObjectRef<ReadOnlyMemory<long>>> outer = context.Ray
            .Options(schedulingStrategy: OtherNodeLines.OnlyThere(context))
            .Remote(Functions.PutNumbers, _length);
        using ObjectRef<ReadOnlyMemory<long>> put = context.Ray.Get(outer);
        long start = Stopwatch.GetTimestamp();
        ReadOnlyMemory<long> numbers = context.Ray.Get(put);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Expect.Equal(_length, numbers.Length);
        Expect.Equal(_length - 1, numbers.Span[^1]);
        return seconds;
    }
}
