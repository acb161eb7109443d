using Apache.Arrow;
using Apache.Arrow.Types;

namespace RayOrleans.Serialization.Tests.Memory;

public sealed class InPlaceTests
{
    private sealed class Frame
    {
        public string Name = "";
        public ReadOnlyMemory<float> Pixels;
        public SharedTensor<double>? Tensor;
        public double[] Copy = [];
        public ReadOnlyMemory<byte> Small;
    }

    private static (T Value, PinnedSource Source) Load<T>(T value)
    {
        using SerializedValue flat = RoundTrip.Serializer.Serialize(value, null);
        var source = new PinnedSource(flat);
        return (RoundTrip.Serializer.Deserialize<T>(source, null), source);
    }

    [Fact]
    public void Memory_AtTheTop_IsReadInPlace()
    {
        float[] data = [.. Enumerable.Range(0, 10_000).Select(i => (float)i)];
        (ReadOnlyMemory<float> copy, PinnedSource source) = Load<ReadOnlyMemory<float>>(data);
        Assert.True(source.Contains(copy.Span));
        Assert.True(PinnedSource.IsAligned(copy.Span));
        Assert.Equal(data, copy.ToArray());
        GC.KeepAlive(source);
    }

    [Fact]
    public void Memory_InFields_IsReadInPlace_AndArraysAreCopied()
    {
        var frame = new Frame
        {
            Name = "f",
            Pixels = new float[999],
            Tensor = new SharedTensor<double>(new double[600], 20, 30),
            Copy = new double[777],
            Small = new byte[] { 1, 2, 3 },
        };
        (Frame copy, PinnedSource source) = Load(frame);
        Assert.True(source.Contains(copy.Pixels.Span));
        Assert.True(PinnedSource.IsAligned(copy.Pixels.Span));
        Assert.True(source.Contains(copy.Tensor!.Memory.Span));
        Assert.True(PinnedSource.IsAligned(copy.Tensor.Memory.Span));
        Assert.Equal([20, 30], copy.Tensor.Shape.ToArray());
        Assert.False(source.Contains<double>(copy.Copy));
        Assert.False(source.Contains(copy.Small.Span));
        Assert.Equal(frame.Small.ToArray(), copy.Small.ToArray());
        GC.KeepAlive(source);
    }

    [Fact]
    public void WritableMemory_IsACopy()
    {
        (Memory<int> copy, PinnedSource source) = Load<Memory<int>>(new int[5000]);
        Assert.False(source.Contains<int>(copy.Span));
        Assert.Equal(5000, copy.Length);
    }

    [Fact]
    public void RecordBatch_AndTable_AreReadInPlace()
    {
        RecordBatch batch = new RecordBatch.Builder()
            .Append("id", false, new Int64Array.Builder().AppendRange(Enumerable.Range(0, 5000).Select(i => (long)i)).Build())
            .Append("value", true, new DoubleArray.Builder().AppendRange(Enumerable.Range(0, 4999).Select(i => i / 2.0)).AppendNull().Build())
            .Append("name", true, new StringArray.Builder().AppendRange(Enumerable.Range(0, 5000).Select(i => "n" + i)).Build())
            .Build();
        (RecordBatch copy, PinnedSource source) = Load(batch);
        var ids = (Int64Array)copy.Column("id");
        Assert.True(source.Contains(ids.Values));
        Assert.True(PinnedSource.IsAligned(ids.Values));
        Assert.Equal(4999, ids.GetValue(4999));
        Assert.Null(((DoubleArray)copy.Column("value")).GetValue(4999));
        Assert.Equal("n4321", ((StringArray)copy.Column("name")).GetString(4321));
        Assert.Equal(batch.Schema.FieldsList.Select(f => (f.Name, f.IsNullable)), copy.Schema.FieldsList.Select(f => (f.Name, f.IsNullable)));

        (Table table, PinnedSource tableSource) = Load(Table.TableFromRecordBatches(batch.Schema, [batch, batch]));
        Assert.Equal(10_000, table.RowCount);
        Assert.True(tableSource.Contains(((Int64Array)table.Column(0).Data.ArrowArray(1)).Values));
        (List<RecordBatch> list, PinnedSource listSource) = Load(new List<RecordBatch> { batch, batch });
        Assert.Same(list[0], list[1]);
        Assert.True(listSource.Contains(((Int64Array)list[0].Column(0)).Values));
    }

    [Fact]
    public void NestedArrowArrays_RoundTrip()
    {
        var lists = new ListArray.Builder(Int32Type.Default);
        var items = (Int32Array.Builder)lists.ValueBuilder;
        lists.Append();
        items.Append(1).Append(2);
        lists.AppendNull();
        lists.Append();
        items.Append(3);
        ListArray copy = Load(lists.Build()).Value;
        Assert.Equal(3, copy.Length);
        Assert.Equal(3, ((Int32Array)copy.GetSlicedValues(2)).GetValue(0));
        Assert.True(copy.IsNull(1));
    }

    [Fact]
    public void Buffers_AreNotCopied_BeforeCopyTo()
    {
        var data = new double[100_000];
        using SerializedValue flat = RoundTrip.Serializer.Serialize(data, null);
        Assert.True(flat.HasBuffers);
        data[0] = 42;
        double[] copy = RoundTrip.Serializer.Deserialize<double[]>(new ArraySource(flat.ToArray()), null);
        Assert.Equal(42, copy[0]);
    }

    [Fact]
    public void MemoryHeader_WrittenApart_IsRead()
    {
        var flat = new byte[64 + 40];
        int start = RoundTrip.Serializer.WriteMemoryHeader<int>(10, flat);
        Assert.Equal(64, start);
        flat[start] = 9;
        ReadOnlyMemory<int> read = RoundTrip.Serializer.Deserialize<ReadOnlyMemory<int>>(new ArraySource(flat), null);
        Assert.Equal(10, read.Length);
        Assert.Equal(9, read.Span[0]);
        var empty = new byte[64];
        RoundTrip.Serializer.WriteMemoryHeader<int>(0, empty);
        Assert.Equal(0, RoundTrip.Serializer.Deserialize<ReadOnlyMemory<int>>(new ArraySource(empty), null).Length);
    }
}
