using System.Buffers;
using System.Numerics;
using RayOrleans.Core;
using RayOrleans.Runtime.Wire;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime.Tests.Wire;

public sealed class ValueWireTests
{
    private static readonly ValueSerializer Serializer = new();

    private static readonly object?[] Values =
    [
        null, default(Unit), "", "text", "ü\ud800x", true, (byte)1, (sbyte)-1, (short)-2, (ushort)2, -3, 3u, -4L, 4UL, 'c', 1.5f, double.NaN, (Half)2.5,
        Int128.MinValue, UInt128.MaxValue, new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), TimeSpan.FromTicks(-5), new Complex(1, -2), ^3, 1..^2,
        new TaskId(1, 2), new ObjectId(new TaskId(3, 4), -1), new ActorId(new TaskId(5, 6)), new JobId(7), new NodeId(8), new WorkerId(9),
        -1.0000m, decimal.MaxValue, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), new DateTime(5, DateTimeKind.Local), DateTime.MaxValue,
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromMinutes(-90)), new DateOnly(2026, 2, 3), new TimeOnly(23, 59), BigInteger.Pow(-7, 99),
        new Uri("http://host/a%20b?c"), new Uri("../x", UriKind.Relative), new Version(1, 2, 3),
    ];

    [Fact]
    public void PlainValue_ThereAndBack_IsItself()
    {
        foreach (object? value in Values)
        {
            object? copy = ThereAndBack(value);
            Assert.Equal(value?.GetType(), copy?.GetType());
            Assert.Equal(value, copy);
        }
    }

    [Fact]
    public void PlainForms_CoverEveryImmutableTypeOfTheFramework()
    {
        foreach (Type type in Values.OfType<object>().Select(v => v.GetType()).Where(t => t != typeof(Unit)))
        {
            Assert.NotNull(PlainForms.Find(type, out _));
        }
    }

    [Fact]
    public async Task UsersImmutableValue_StaysBytesUntilItIsRead()
    {
        await using TwoNodes nodes = await TwoNodes.StartAsync();
        Assert.Equal(new Spot(3, "x"), await Through(nodes, new Spot(3, "x")));
        Assert.Equal(Color.Green, await Through(nodes, Color.Green));
        Assert.Equal(new Spot(4, "y"), await Through<Spot?>(nodes, new Spot(4, "y")));
        Assert.Equal(5, await Through<int?>(nodes, 5));
        Assert.Null(await Through<Spot?>(nodes, null));
        Assert.Equal((1, 2L), await Through(nodes, (1, 2L)));
        Assert.IsType<BoxedValue>(ThereAndBack(new Spot(3, "x")));
        Assert.IsType<BoxedValue>(ThereAndBack(DayOfWeek.Friday));
    }

    [Fact]
    public async Task MutableValue_ArrivesAsTheSameBytes()
    {
        await using TwoNodes nodes = await TwoNodes.StartAsync();
        Assert.Equal([1, 2], await Through<List<int>>(nodes, [1, 2]));
        byte[] bytes = [1, 2, 3];
        Assert.Equal(bytes, Assert.IsType<InlineValue>(ThereAndBack(new InlineValue(bytes))).Bytes);
        Assert.Equal(bytes, Assert.IsType<BoxedValue>(ThereAndBack(new BoxedValue(bytes))).Bytes);
    }

    [Fact]
    public void ValueInTheStore_IsToBePulled() => Assert.Same(DistantValue.Instance, ThereAndBack(DistantValue.Instance));

    [Fact]
    public void Tuple_NeedsTheReceiversParts()
    {
        ObjectEntry[] parts = [new(new TaskId(3, 4), 1), new(new TaskId(3, 4), 2)];
        byte[] bytes = Write(new TupleValue([]));
        WireReader reader = new(bytes);
        Assert.Same(parts, Assert.IsType<TupleValue>(ValueWire.Read(ref reader, parts)).Parts);
        Assert.Throws<RaySerializationException>(() => Read(bytes));
    }

    [Fact]
    public void DamagedValues_AreRefusedOrOtherValues_AndNothingElse()
    {
        foreach (object? value in Values.Append(new InlineValue([1, 2, 3])))
        {
            byte[] bytes = Write(value);
            for (int length = 0; length < bytes.Length; length++)
            {
                Assert.Throws<RaySerializationException>(() => Read(bytes[..length]));
            }

            for (int i = 0; i < bytes.Length; i++)
            {
                for (int other = 0; other < 256; other++)
                {
                    byte[] damaged = [.. bytes];
                    damaged[i] = (byte)other;
                    Exception? error = Record.Exception(() => Read(damaged));
                    Assert.True(error is null or RaySerializationException, $"{value} ({value?.GetType()}), byte {i} = {other}: {error}");
                }
            }
        }
    }

    private static async Task<T> Through<T>(TwoNodes nodes, T value)
    {
        ObjectRef<T> put = nodes.A.Put(value);
        return await nodes.Send<T>(c => c.Remote(static (T v) => v, put)).Soon();
    }

    private static byte[] Write(object? value)
    {
        ArrayBufferWriter<byte> output = new();
        ValueWire.Write(output, value, Serializer);
        return output.WrittenSpan.ToArray();
    }

    private static object? Read(byte[] bytes)
    {
        WireReader reader = new(bytes);
        object? value = ValueWire.Read(ref reader, null);
        reader.Finish();
        return value;
    }

    private static object? ThereAndBack(object? value) => Read(Write(value));

    private readonly record struct Spot(int X, string Name);

    private enum Color
    {
        Red,
        Green,
    }
}
