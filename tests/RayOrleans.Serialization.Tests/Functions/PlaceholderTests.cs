namespace RayOrleans.Serialization.Tests.Functions;

public sealed class PlaceholderTests
{
    private static readonly ValueSerializer Serializer = new();

    [Fact]
    public void Placeholder_OfEveryKindOfFunction_HasItsTypeAndMethodAndNoState()
    {
        int n = 3;
        Noisy noisy = new();
        Func<int> inner = () => n;
        foreach (Delegate function in (Delegate[])
        [
            (Func<int>)(() => n), (Func<int>)noisy.Run, new Func<char[]>("text".ToCharArray), new Func<int[]>(new[] { 1 }.ToArray), new Func<int>(inner.Invoke),
            (Func<int>)Static, (Func<int, int>)(x => x), (Func<int>)new Plain(4).Get,
        ])
        {
            int made = Noisy.Made;
            PackedDelegate packed = Serializer.ReadPackedDelegate(Serializer.DescribeDelegate(function, null).ToBytes());
            Delegate placeholder = packed.Placeholder;
            Assert.Equal(function.GetType(), placeholder.GetType());
            Assert.Equal(function.Method, placeholder.Method);
            Assert.NotSame(function.Target, placeholder.Target is null ? new object() : placeholder.Target);
            Assert.Same(placeholder, packed.Placeholder);
            Assert.Equal(made, Noisy.Made);
        }
    }

    [Fact]
    public void PartOfAnArray_IsReadAsAValue()
    {
        byte[] bytes = Serializer.SerializeToArray<object>(new object[] { "text", new double[500] }, null);
        byte[] padded = [9, 9, 9, .. bytes, 9];
        object[] copy = (object[])Serializer.Deserialize<object>(new ArraySource(new ArraySegment<byte>(padded, 3, bytes.Length)), null);
        Assert.Equal("text", copy[0]);
        Assert.Equal(500, ((double[])copy[1]).Length);
        Assert.Throws<ArgumentNullException>(() => new ArraySource(default(ArraySegment<byte>)));
        Assert.Throws<RaySerializationException>(() => Serializer.Deserialize<object>(new ArraySource(new ArraySegment<byte>(padded, 3, bytes.Length - 1)), null));
    }

    [Fact]
    public void TypeOfAName_ThatIsNotHere_IsNull()
    {
        Assert.Equal(typeof(Noisy), Serializer.TryFindType(Types.TypeNameWriter.Write(typeof(Noisy))));
        Assert.Null(Serializer.TryFindType([1]));
    }

    private static int Static() => 1;

    private readonly struct Plain(int value)
    {
        public int Get() => value;
    }

    private sealed class Noisy
    {
        public Noisy() => Made++;

        public static int Made { get; private set; }

        public int Run() => 1;
    }
}
