using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>Submits many tasks, holds every reference, gets every result, and lets go. Used by one thread.</summary>
internal sealed class KeptTasks
{
    private const int Tasks = 1_000_000;
    private const int LeastTasks = 5000;
    private const int Rounds = 10;
    private const double GoodEnough = 0.99;

    private readonly IRay _ray;
    private readonly int _count;
    private ObjectRef<int>[]? _refs;

    public KeptTasks(IRay ray, int count)
    {
        _ray = ray;
        _count = count;
    }

    /// <summary>How many tasks at a scale.</summary>
    public static int Count(BenchmarkScale scale) => scale.Count(Tasks, LeastTasks);

    /// <summary>One run.</summary>
    public KeptTasksResult Run()
    {
        double before = UsedBytes();
        double seconds = SubmitAndGet();
        double held = UsedBytes() - before;
        _refs = null;
        double left = UsedBytes() - before;
        for (int i = 1; i < Rounds && left > held * (1 - GoodEnough); i++)
        {
            left = UsedBytes() - before;
        }

        return new KeptTasksResult(seconds, held / _count, (held - left) / held * 100);
    }

    // Not inlined, so that no reference to the results stays in a register of the caller.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private double SubmitAndGet()
    {
        long start = Stopwatch.GetTimestamp();
        ObjectRef<int>[] refs = new ObjectRef<int>[_count];
        _refs = refs;
        for (int i = 0; i < refs.Length; i++)
        {
            refs[i] = _ray.Remote(Functions.NoOp);
        }

        Expect.Equal(_count, _ray.Get(refs).Count);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private double UsedBytes()
    {
        // Results are let go of by finalizers: they run first, or what they are about to free would be counted.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long managed = GC.GetTotalMemory(forceFullCollection: true);
        return managed + (double)_ray.Nodes().Sum(node => node.ObjectStoreUsedBytes);
    }
}
