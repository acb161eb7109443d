namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>Bytes of managed memory that a bare future with its result and its place in an array take.</summary>
internal sealed class KeptFutureVariant(BenchmarkScale scale) : ILimitVariant
{
    private const int Futures = 200_000;

    public string Name => "completed TaskCompletionSource in an array";

    public double Sample()
    {
        int count = scale.Count(Futures, 1000);
        // All of it is kept, so what the thread allocates is what it holds; the heap's size would also show what earlier lines left to collect.
        long before = GC.GetAllocatedBytesForCurrentThread();
        TaskCompletionSource<int>[] kept = new TaskCompletionSource<int>[count];
        for (int i = 0; i < count; i++)
        {
            kept[i] = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            kept[i].SetResult(i);
        }

        long after = GC.GetAllocatedBytesForCurrentThread();
        GC.KeepAlive(kept);
        return (double)(after - before) / count;
    }

    public void Dispose()
    {
    }
}
