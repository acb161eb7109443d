using System.Diagnostics;

namespace RayOrleans.Grains.Tests;

/// <summary>User code that burns a core until a flag is raised, in the four ways that reach different threads.</summary>
internal static class Burns
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(5);
    private static int s_stop;

    public static void Reset() => Volatile.Write(ref s_stop, 0);

    public static void Stop() => Volatile.Write(ref s_stop, 1);

    public static int OnTheWorker() => Burn();

    public static async Task<int> AfterAnAwait()
    {
        await Task.Yield();
        return Burn();
    }

    public static int InParallelFor()
    {
        while (Volatile.Read(ref s_stop) == 0)
        {
            Parallel.For(0, 256, static _ => BurnFor(Slice));
        }

        return 1;
    }

    public static async Task<int> InTaskRun()
    {
        int[] all = await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(Burn)));
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
        while (Stopwatch.GetElapsedTime(start) < time && Volatile.Read(ref s_stop) == 0)
        {
            Thread.SpinWait(100);
        }
    }
}
