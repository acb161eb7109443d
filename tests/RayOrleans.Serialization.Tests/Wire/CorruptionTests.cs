using System.Collections.Immutable;
using Apache.Arrow;
using RayOrleans.Serialization.Tests.Objects;
using RayOrleans.Serialization.Tests.References;

namespace RayOrleans.Serialization.Tests.Wire;

/// <summary>Damaged bytes must give a <see cref="RaySerializationException"/> or a value: never another exception, a crash, or memory without bound.</summary>
public sealed class CorruptionTests
{
    private const int Seed = 20261123;

    private static List<object> Samples()
    {
        int captured = 3;
        var list = new List<int> { 1 };
        Func<int, int> closure = x => x + captured + list[0];
        var person = new Person("Ada", 36) { Children = { new Person("B", 1) } };
        person.Friend = person;
        return
        [
            1, "text", "ünï", new[] { 1, 2, 3 }, new double[300], new[,] { { "a" }, { "b" } }, new Measurement(1, "x", 2, [1, 2]), person,
            new Dictionary<string, object> { ["a"] = 1, ["b"] = new List<string> { "x" } }, ImmutableList.Create(1, 2), closure, new Uri("http://x/"),
            new OrderException("m", 1, new IOException("i")), typeof(Dictionary<string, int>), new SharedTensor<float>(new float[12], 3, 4),
            new ReadOnlyMemory<long>(new long[500]), new object[] { new Dog(), new Dog(), null! }, new CustomSerializable(4), 12.5m, new int[5, 6],
            new RecordBatch.Builder().Append("a", false, new Int32Array.Builder().AppendRange(Enumerable.Range(0, 400)).Build())
                .Append("s", true, new StringArray.Builder().Append("x").AppendRange(Enumerable.Repeat("y", 399)).Build()).Build(),
            new LinkedList<string>(["a", "b"]), new HashSet<KeyObject> { new("k") }, (1, "b", new int?[] { 1, null }),
        ];
    }

    [Fact]
    public void TruncatedBytes_Fail()
    {
        foreach (object sample in Samples())
        {
            byte[] bytes = RoundTrip.Serializer.SerializeToArray(sample, null);
            for (int length = 0; length < bytes.Length; length += Math.Max(1, bytes.Length / 300))
            {
                Assert.Throws<RaySerializationException>(() => RoundTrip.Serializer.Deserialize<object>(new ArraySource(bytes[..length]), null));
            }
        }
    }

    [Fact]
    public void FlippedBytes_FailOrGiveAValue_WithBoundedMemory()
    {
        var random = new Random(Seed);
        foreach (object sample in Samples())
        {
            byte[] bytes = RoundTrip.Serializer.SerializeToArray(sample, null);
            for (int i = 0; i < 1500; i++)
            {
                byte[] damaged = (byte[])bytes.Clone();
                int header = Math.Min(bytes.Length, BitConverter.ToInt32(bytes, 4));
                for (int flips = random.Next(1, 4); flips > 0; flips--)
                {
                    damaged[random.Next(random.Next(4) == 0 ? bytes.Length : header)] = (byte)random.Next(256);
                }

                Try(damaged, sample, i);
            }
        }
    }

    [Fact]
    public void RandomBytes_BehindAValidPrefix_Fail()
    {
        var random = new Random(Seed);
        byte[] valid = RoundTrip.Serializer.SerializeToArray<object>("x", null);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = new byte[random.Next(8, 200)];
            random.NextBytes(bytes);
            valid.AsSpan(0, 4).CopyTo(bytes);
            BitConverter.TryWriteBytes(bytes.AsSpan(4), bytes.Length);
            bytes.AsSpan(8).Replace((byte)255, (byte)random.Next(8));
            Try(bytes, "random", i);
        }
    }

    [Fact]
    public void DamagedFunctions_Fail()
    {
        int a = 1;
        byte[] bytes = RoundTrip.Serializer.DescribeDelegate((Func<int>)(() => a), null).ToBytes();
        var random = new Random(Seed);
        for (int i = 0; i < 2000; i++)
        {
            byte[] damaged = (byte[])bytes.Clone();
            damaged[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                RoundTrip.Serializer.UnpackDelegate(RoundTrip.Serializer.ReadPackedDelegate(damaged), null);
            }
            catch (RaySerializationException)
            {
                // What is asked for.
            }
        }
    }

    [Fact]
    public void ElementsWithoutContent_StillCountAsBytes()
    {
        Assert.Equal(5000, RoundTrip.Of(new Hollow[5000]).Length);
        Assert.Equal(700, RoundTrip.Of(new List<(string?, Hollow)>(new (string?, Hollow)[700])).Count);
    }

    private struct Hollow(string text)
    {
        [NonSerialized]
        private readonly string? _ignored = text;

        public readonly override string ToString() => _ignored ?? "";
    }

    [Fact]
    public void AnotherRootType_IsRefused()
    {
        byte[] bytes = RoundTrip.Serializer.SerializeToArray(5, null);
        Assert.Throws<RaySerializationException>(() => RoundTrip.Serializer.Deserialize<long>(new ArraySource(bytes), null));
        Assert.Throws<RaySerializationException>(() => RoundTrip.Serializer.Deserialize<string>(new ArraySource(bytes), null));
    }

    private static void Try(byte[] damaged, object sample, int round)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            RoundTrip.Serializer.Deserialize<object>(new ArraySource(damaged), new FakeTracker());
        }
        catch (RaySerializationException)
        {
            // What is asked for.
        }
        catch (Exception e)
        {
            Assert.Fail($"seed {Seed}, {sample.GetType().Name}, round {round}: {e}");
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 5_000_000, $"seed {Seed}, {sample.GetType().Name}, round {round}: {allocated} bytes allocated for {damaged.Length}");
    }
}
