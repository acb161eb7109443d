using System.Diagnostics;
using RayOrleans.Silo.Microbenchmark.Limits;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>Objects that are kept and take three times what the store holds: what the disk gives, beside a plain file of the same size.</summary>
internal static class SpillLines
{
    private const int Kept = 60;
    private const int Readers = 4;
    private const int ObjectsInStore = 20;
    private const double BytesPerGigabyte = 1e9;

    /// <summary>The lines.</summary>
    public static IReadOnlyList<BenchmarkLine> All { get; } =
    [
        new("spill 50 MB objects beyond 1 GB store [kept]", Units.Gigabytes, RuntimeProfile.SmallStore)
        {
            ShowsStore = true,
            Open = static context => new TimedRun(() => Spill(context, Kept / 2), () => Spill(context, Kept)),
            Limit = static scale => new(LimitKind.FileWrite, ObjectBytes(scale) * Kept * 2 / 3),
        },
        new("restore 50 MB objects beyond 1 GB store [4 readers]", Units.Gigabytes, RuntimeProfile.SmallStore)
        {
            ShowsStore = true,
            Open = static context => new RestoreRun(context.Ray, Keep(context, Kept)),
            Limit = static scale => new(LimitKind.FileRead, ObjectBytes(scale) * Kept * 2 / 3),
        },
    ];

    /// <summary>50 MB of 1 GB.</summary>
    private static long ObjectBytes(BenchmarkScale scale) => RuntimeHost.SmallStoreSize(scale) / ObjectsInStore / sizeof(long) * sizeof(long);

    private static ObjectRef<ReadOnlyMemory<long>>[] Keep(LineContext context, int count)
    {
        ReadOnlyMemory<long> numbers = context.Data.Numbers(ObjectBytes(context.Scale));
        return [.. Enumerable.Range(0, count).Select(_ => context.Ray.Put(numbers))];
    }

    private static double Spill(LineContext context, int count)
    {
        ObjectStoreInfo before = context.Ray.Nodes()[0].ObjectStore!;
        long start = Stopwatch.GetTimestamp();
        ObjectRef<ReadOnlyMemory<long>>[] kept = Keep(context, count);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long bytes = context.Ray.Nodes()[0].ObjectStore!.SpilledBytesTotal - before.SpilledBytesTotal;
        foreach (ObjectRef<ReadOnlyMemory<long>> reference in kept)
        {
            reference.Dispose();
        }

        return bytes / BytesPerGigabyte / seconds;
    }

    /// <summary>Goes through all of them in order, again and again: what is read next is what was used least recently.</summary>
    private sealed class RestoreRun(IRay ray, ObjectRef<ReadOnlyMemory<long>>[] references) : ILineRun
    {
        private readonly ClientThreads _clients = new(Readers);

        public void WarmUp() => Sample();

        public double Sample()
        {
            long before = ray.Nodes()[0].ObjectStore!.RestoredBytesTotal;
            long start = Stopwatch.GetTimestamp();
            _clients.Run(client =>
            {
                for (int i = client; i < references.Length; i += Readers)
                {
                    ray.GetPinned(references[i]).Dispose();
                }
            });
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            return (ray.Nodes()[0].ObjectStore!.RestoredBytesTotal - before) / BytesPerGigabyte / seconds;
        }

        public void Dispose()
        {
            _clients.Dispose();
            foreach (ObjectRef<ReadOnlyMemory<long>> reference in references)
            {
                reference.Dispose();
            }
        }
    }
}
