using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Apache.Arrow;
using RayOrleans.Core;
using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime.Tests.Cluster.Nodes;

/// <summary>What is pulled from another node is read where it was received: in the arena of the reader's store.</summary>
public sealed class PulledInPlaceTests
{
    private const int Count = 300_000;

    [Fact]
    public Task RecordBatch_OfTheOtherNode_IsReadInPlace() => CheckAsync(
        static () => Batch(),
        static (batch, place) =>
        {
            Assert.Equal((Count, 3), (batch.Length, batch.ColumnCount));
            Check((Int64Array)batch.Column(0), (DoubleArray)batch.Column(1), (StringArray)batch.Column(2), place);
        });

    [Fact]
    public Task Table_OfTheOtherNode_IsReadInPlace() => CheckAsync(
        static () =>
        {
            RecordBatch batch = Batch();
            return Table.TableFromRecordBatches(batch.Schema, [batch, batch]);
        },
        static (table, place) =>
        {
            Assert.Equal(2L * Count, table.RowCount);
            for (int part = 0; part < 2; part++)
            {
                Check(
                    (Int64Array)table.Column(0).Data.ArrowArray(part),
                    (DoubleArray)table.Column(1).Data.ArrowArray(part),
                    (StringArray)table.Column(2).Data.ArrowArray(part),
                    place);
            }
        });

    [Fact]
    public Task SharedTensor_OfTheOtherNode_IsReadInPlace() => CheckAsync(
        static () => new SharedTensor<double>(Doubles(), 3, Count / 3),
        static (tensor, place) =>
        {
            Assert.Equal([3, Count / 3], tensor.Shape.ToArray());
            Assert.True(place.Contains(tensor.Memory.Span));
            Assert.True(tensor.Memory.Span.SequenceEqual(Doubles()));
        });

    [Fact]
    public Task MemoryInsideAUsersType_OfTheOtherNode_IsReadInPlace() => CheckAsync(
        static () => new Outer("a", new Frame(Doubles(), new SharedTensor<double>(Doubles(), Count)), [new Frame(Doubles(), null)]),
        static (outer, place) =>
        {
            Assert.Equal("a", outer.Name);
            foreach (ReadOnlyMemory<double> memory in (ReadOnlyMemory<double>[])[outer.First.Values, outer.First.Tensor!.Memory, outer.Others[0].Values])
            {
                Assert.True(place.Contains(memory.Span));
                Assert.True(memory.Span.SequenceEqual(Doubles()));
            }
        });

    private static double[] Doubles() => [.. Enumerable.Range(0, Count).Select(static i => i / 2.0)];

    private static RecordBatch Batch() => new RecordBatch.Builder()
        .Append("id", false, new Int64Array.Builder().AppendRange(Enumerable.Range(0, Count).Select(static i => (long)i)).Build())
        .Append("value", true, new DoubleArray.Builder().AppendRange(Doubles().SkipLast(1)).AppendNull().Build())
        .Append("name", true, new StringArray.Builder().AppendRange(Enumerable.Range(0, Count).Select(static i => "n" + i)).Build())
        .Build();

    private static void Check(Int64Array ids, DoubleArray values, StringArray names, Place place)
    {
        Assert.True(place.Contains(ids.Values));
        Assert.True(place.Contains(values.Values));
        Assert.True(place.Contains(names.ValueBuffer.Span));
        Assert.True(place.Contains(names.ValueOffsets));
        Assert.True(ids.Values.SequenceEqual(Enumerable.Range(0, Count).Select(static i => (long)i).ToArray()));
        Assert.True(values.Values[..^1].SequenceEqual(Doubles().AsSpan()[..^1]));
        Assert.Equal(1, values.NullCount);
        Assert.Equal(("n0", "n" + (Count - 1)), (names.GetString(0), names.GetString(Count - 1)));
    }

    private static async Task CheckAsync<T>(Func<T> make, Action<T, Place> check)
    {
        await using TwoNodes nodes = TwoNodes.Start();
        ObjectRef<T> made = nodes.Elsewhere.Remote(make);
        Read(nodes, made, check);
        Assert.Equal(1, nodes.First.Services.Cluster!.Data.PulledObjects);
        Assert.Equal(0, nodes.First.Services.Store.PinnedBytes);
        made.Dispose();
        await nodes.IsEmptyAsync();
        Patience.Until(() => nodes.Nodes.Nodes.All(n => n.Services.Store.BlockCount == 0), "the blocks of both nodes were given back");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Read<T>(TwoNodes nodes, ObjectRef<T> made, Action<T, Place> check)
    {
        NodeServices first = nodes.First.Services;
        using Pinned<T> pinned = nodes.Ray.GetPinned(made, Patience.Limit);
        StoredObject stored = ((StoreValue)first.EntryOf(made).Value!).Stored;
        Assert.True(stored.IsSecondary);
        Place place = new(first.Store, stored.Block!);
        check(pinned.Value, place);

        // Nothing takes it away while it is read.
        made.Dispose();
        Tests.Nodes.Collect();
        Assert.True(first.Store.PinnedBytes > 0);
        check(pinned.Value, place);
    }

    private sealed record Frame(ReadOnlyMemory<double> Values, SharedTensor<double>? Tensor);

    private sealed record Outer(string Name, Frame First, Frame[] Others);

    /// <summary>Where the pulled bytes lie.</summary>
    private sealed unsafe class Place(SharedMemoryStore store, StoreBlock block)
    {
        private readonly byte* _start = block.Pointer;
        private readonly byte* _end = block.Pointer + block.Length;
        private readonly byte* _arena = store.Base;
        private readonly byte* _arenaEnd = store.Base + store.CapacityBytes;

        public bool Contains<TItem>(ReadOnlySpan<TItem> span)
            where TItem : unmanaged
        {
            byte* start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(span));
            byte* end = start + ((long)span.Length * sizeof(TItem));
            return span.Length > 0 && start >= _start && end <= _end && start >= _arena && end <= _arenaEnd;
        }
    }
}
