using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using RayOrleans.ObjectStore;
using Xunit.Abstractions;
using static RayOrleans.Runtime.Tests.Objects.Spilling.SpillNode;

namespace RayOrleans.Runtime.Tests.Objects.Spilling;

/// <summary>It counts the memory of the process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(SpillSoakTests), DisableParallelization = true)]
public sealed class SpillSoakCollection;

/// <summary>Many times what the store holds goes through it, in objects of all sizes. RAY_SPILL_SOAK_GB says how many gigabytes, through a store of 1 GB.</summary>
[Collection(nameof(SpillSoakTests))]
public sealed class SpillSoakTests(ITestOutputHelper output)
{
    private const long Gigabyte = 1L << 30;

    private static readonly int? SoakGigabytes =
        int.TryParse(Environment.GetEnvironmentVariable("RAY_SPILL_SOAK_GB"), CultureInfo.InvariantCulture, out int gigabytes) ? gigabytes : null;

    [Fact]
    public async Task RandomObjects_GoThrough_AndMemoryStaysFlat()
    {
        bool isSoak = SoakGigabytes is not null;
        long store = isSoak ? Gigabyte : 64L * Megabyte;
        long total = isSoak ? SoakGigabytes!.Value * Gigabyte : 512L * Megabyte;
        await using SpillNode node = await StartAsync(configure: o => o.ObjectStoreBytes = store);
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Run(node, store, total);
            }
            catch (Exception error)
            {
                failure = error;
            }
        });
        thread.Start();
        await Task.Run(thread.Join);
        Assert.Null(failure);
        await node.Ray.AssertNothingIsLeftAsync();
        Patience.Until(() => node.Totals is { FileBytes: 0, MappedBytes: 0 }, () => $"the disk was empty: {node.Totals}");
    }

    private void Run(SpillNode node, long store, long total)
    {
        Random random = new(11);
        long largest = store / 5;
        long live = 0;
        long done = 0;
        long nextReport = 0;
        long managedAfterFirst = 0;
        Stopwatch watch = Stopwatch.StartNew();
        List<(ObjectRef<byte[]> Reference, int Number, int Length)> kept = [];
        for (int number = 0; done < total; number++)
        {
            // As many small ones as large ones: the exponent is even between 1 KB and the largest.
            int length = (int)(1024 * Math.Pow(largest / 1024.0, random.NextDouble()));
            kept.Add((Put(node, number, length), number, length));
            live += length;
            done += length;
            while (live > 3 * store)
            {
                int at = random.Next(kept.Count);
                kept[at].Reference.Dispose();
                live -= kept[at].Length;
                kept[at] = kept[^1];
                kept.RemoveAt(kept.Count - 1);
            }

            if (random.Next(3) == 0)
            {
                (ObjectRef<byte[]> reference, int of, int expected) = kept[random.Next(kept.Count)];
                Check(node, reference, of, expected);
            }

            if (done >= nextReport)
            {
                GC.Collect();
                long managed = GC.GetTotalMemory(forceFullCollection: true);
                managedAfterFirst = nextReport == 0 ? managed : managedAfterFirst;
                SpillTotals spill = node.Totals;
                output.WriteLine(
                    $"{done >> 20} MB after {watch.Elapsed.TotalSeconds:0} s: managed {managed >> 10} KB, working set {Environment.WorkingSet >> 20} MB, {kept.Count} objects of {live >> 20} MB, "
                    + $"written {spill.SpilledBytes >> 20} MB, read {spill.RestoredBytes >> 20} MB, files {spill.FileBytes >> 20} MB, mapped {spill.MappedBytes >> 20} MB");
                Assert.True(spill.FileBytes <= (3 * live) + store, $"The files grow: {spill}");
                nextReport = done + (total / 10);
            }
        }

        foreach ((ObjectRef<byte[]> reference, int number, int length) in kept)
        {
            Check(node, reference, number, length);
            reference.Dispose();
        }

        // Nothing per byte or per object that went by: only the objects that were held at a time count, and they are gone.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, managedAfterFirst + (64L * Megabyte));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ObjectRef<byte[]> Put(SpillNode node, int number, int length) => node.Ray.Put(Pattern(number, length));

    /// <summary>In a frame of its own, which keeps no array when it has ended: the caller's memory is counted.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Check(SpillNode node, ObjectRef<byte[]> reference, int number, int length) =>
        Assert.True(node.Ray.Get(reference).AsSpan().SequenceEqual(Pattern(number, length)), $"Object {number} has other bytes than were put.");

    /// <summary>Cheap to make: the test is about the store.</summary>
    private static byte[] Pattern(int number, int length)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(length);
        bytes.AsSpan().Fill((byte)number);
        for (int i = 0; i + 8 <= length; i += 4096)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(i), (number * 1_000_003L) + i);
        }

        return bytes;
    }
}
