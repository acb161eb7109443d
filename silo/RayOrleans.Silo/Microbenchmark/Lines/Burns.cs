using System.Diagnostics;

namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>Functions that keep a core busy until they are told to stop, in the ways that reach different threads.</summary>
internal static class Burns
{
    private const int Iterations = 256;

    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(5);
    private static int s_stop;

    /// <summary>From now on the functions burn.</summary>
    public static void Light() => Volatile.Write(ref s_stop, 0);

    /// <summary>The functions end within a slice.</summary>
    public static void Stop() => Volatile.Write(ref s_stop, 1);

    /// <summary>On the thread that the task runs on.</summary>
    public static int Sync() => Burn();

    /// <summary>Where the function goes on after an await.</summary>
    public static async Task<int> AfterAnAwait()
    {
        await Task.Yield();
        return Burn();
    }

    /// <summary>In loops that take every thread they get.</summary>
    public static int InParallelFor()
    {
        while (Volatile.Read(ref s_stop) == 0)
        {
            Parallel.For(0, Iterations, static _ => BurnFor(Slice));
        }

        return 1;
    }

    /// <summary>On the .NET thread pool, a task per core.</summary>
    public static async Task<int> InTaskRun()
    {
        int[] all = await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(static _ => Task.Run(Burn)));
        return all.Length;
    }

    private static int Burn()
    {
        while (Volatile.Read(ref s_stop) == 0)
        {
            BurnFor(Slice);
        }

        return 1;
    }

    private static void BurnFor(TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref s_stop) == 0 && Stopwatch.GetElapsedTime(start) < time)
        {
            Thread.SpinWait(100);
        }
    }
}
