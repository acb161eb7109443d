using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace RayOrleans.Serialization.Tests.Values;

public sealed class ValueTests
{
    public static TheoryData<object> Primitives() =>
    [
        true, (byte)200, (sbyte)-3, (short)-30000, (ushort)60000, -5, 5u, long.MinValue, ulong.MaxValue, 'é', 1.5f, double.NaN, 12.340m,
        Int128.MinValue, UInt128.MaxValue, (Half)1.25, Guid.Parse("12345678-1234-1234-1234-123456789abc"), TimeSpan.FromTicks(123),
        new DateTime(2026, 11, 23, 1, 2, 3, DateTimeKind.Utc), new DateTime(2026, 11, 23, 1, 2, 3, DateTimeKind.Local), new DateOnly(2020, 2, 29),
        new TimeOnly(12, 34), new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.FromHours(2)), DayOfWeek.Friday, BigInteger.Pow(7, 300),
        new Complex(1, -2), "", "ascii", "ünïcödé \ud83d\ude00", "lone \ud800 surrogate", new string('x', 100_000), new Version(1, 2, 3, 4),
        new Uri("https://example.org/a?b=c#d"), new Uri("relative/path", UriKind.Relative), CultureInfo.InvariantCulture, typeof(Dictionary<string, int[]>),
        typeof(List<>), typeof(int[,]), IPAddress.Parse("fe80::1"), new IPEndPoint(IPAddress.Loopback, 80), (1, "two", 3.0), Tuple.Create(1, "x"),
        KeyValuePair.Create("k", 5), new Index(3, true), 1..5, default(Unit), System.Text.Encoding.UTF8, Rune.GetRuneAt("ß", 0),
    ];

    [Theory]
    [MemberData(nameof(Primitives))]
    public void SimpleValue_RoundTrip_IsEqual(object value)
    {
        object copy = RoundTrip.Same(value);
        Assert.Equal(value.GetType(), copy.GetType());
        Assert.Equal(value, copy);
    }

    [Fact]
    public void DateTime_RoundTrip_KeepsKind()
    {
        foreach (DateTimeKind kind in Enum.GetValues<DateTimeKind>())
        {
            Assert.Equal(kind, RoundTrip.Of(new DateTime(2026, 1, 2, 3, 4, 5, kind)).Kind);
        }
    }

    [Fact]
    public void Decimal_RoundTrip_KeepsScale() => Assert.Equal("1.500", RoundTrip.Of(1.500m).ToString(CultureInfo.InvariantCulture));

    public static TheoryData<object> Collections() =>
    [
        new[] { 1, 2, 3 }, System.Array.Empty<int>(), new int[1000], new[] { "a", null, "c" }, new[,] { { 1, 2 }, { 3, 4 } }, new string[2, 1, 3],
        new[] { new[] { 1 }, null, new[] { 2, 3 } }, new List<int> { 1, 2 }, new List<string?> { "a", null }, new List<double>(new double[500]),
        new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 }, new Dictionary<int, List<string>> { [1] = ["x"], [2] = [] },
        new SortedDictionary<string, int> { ["z"] = 1, ["a"] = 2 }, new SortedList<int, string> { [3] = "c", [1] = "a" },
        new HashSet<int> { 3, 1, 2 }, new SortedSet<string> { "b", "a" }, new Queue<int>([1, 2, 3]), new Stack<int>([1, 2, 3]),
        new LinkedList<string>(["a", "b"]), new ConcurrentQueue<int>([1, 2]), new ConcurrentStack<int>([1, 2]), new ConcurrentBag<int> { 1 },
        new ConcurrentDictionary<string, int>([KeyValuePair.Create("a", 1)]), ImmutableArray.Create(1, 2), ImmutableList.Create("a", "b"),
        ImmutableDictionary<string, int>.Empty.Add("a", 1).Add("b", 2), ImmutableHashSet.Create("x", "y"), ImmutableQueue.Create(1, 2), ImmutableStack.Create(1, 2),
        ImmutableSortedDictionary<string, int>.Empty.Add("b", 1).Add("a", 2), ImmutableSortedSet.Create(3, 1), new[] { "a", "b" }.ToFrozenSet(),
        new Dictionary<string, int> { ["a"] = 1 }.ToFrozenDictionary(), new Collection<int> { 1, 2 }, new ReadOnlyCollection<int>([1, 2]),
        new ObservableCollection<string> { "o" }, new ArrayList { 1, "a", null }, new Hashtable { ["k"] = 1 }, new BitArray([true, false, true]),
        new object?[] { 1, "a", null, 2.5, new[] { 1 } }, new ArraySegment<int>([1, 2, 3, 4], 1, 2), new int?[] { 1, null }, new (int, string?)[] { (1, "a"), (2, null) },
        new[] { DayOfWeek.Monday, DayOfWeek.Sunday }, Enumerable.Range(0, 5), new[] { true, false },
    ];

    [Theory]
    [MemberData(nameof(Collections))]
    public void Collection_RoundTrip_HasEqualItems(object value)
    {
        object copy = RoundTrip.Of(value);
        if (value is not Hashtable)
        {
            Assert.Equal(value.GetType(), copy.GetType());
        }

        Assert.Equal(((IEnumerable)value).Cast<object?>(), ((IEnumerable)copy).Cast<object?>());
    }

    [Fact]
    public void Array_WithLowerBounds_KeepsThem()
    {
        Array array = Array.CreateInstance(typeof(string), [2, 3], [5, -1]);
        array.SetValue("x", 6, 1);
        Array copy = RoundTrip.Of(array);
        Assert.Equal(5, copy.GetLowerBound(0));
        Assert.Equal(-1, copy.GetLowerBound(1));
        Assert.Equal("x", copy.GetValue(6, 1));
        Array vector = Array.CreateInstance(typeof(int), [4], [10]);
        vector.SetValue(7, 12);
        Assert.Equal(7, RoundTrip.Of(vector).GetValue(12));
    }

    [Fact]
    public void Dictionary_WithComparer_KeepsIt()
    {
        var ignoring = RoundTrip.Of(new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["Key"] = 1 });
        Assert.Equal(1, ignoring["KEY"]);
        var custom = RoundTrip.Of(new Dictionary<int, string>(new ModuloComparer(10)) { [3] = "x" });
        Assert.Equal("x", custom[13]);
        var sorted = RoundTrip.Of(new SortedSet<int>([1, 2, 3], Comparer<int>.Create((a, b) => b.CompareTo(a))));
        Assert.Equal([3, 2, 1], sorted);
        var frozen = RoundTrip.Of(new[] { "A" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase));
        Assert.Contains("a", (IReadOnlySet<string>)frozen);
        var byReference = RoundTrip.Of(new HashSet<object>(ReferenceEqualityComparer.Instance) { new(), new() });
        Assert.Equal(2, byReference.Count);
    }

    [Fact]
    public void PriorityQueue_RoundTrip_KeepsOrder()
    {
        var queue = new PriorityQueue<string, int>([("b", 2), ("a", 1), ("c", 3)]);
        PriorityQueue<string, int> copy = RoundTrip.Of(queue);
        Assert.Equal(["a", "b", "c"], new[] { copy.Dequeue(), copy.Dequeue(), copy.Dequeue() });
    }

    [Fact]
    public void FrameworkObjects_RoundTrip_Work()
    {
        Regex regex = RoundTrip.Of(new Regex("a+b", RegexOptions.IgnoreCase));
        Assert.Matches(regex, "xAAB");
        Assert.Equal("text", RoundTrip.Of(new StringBuilder("text")).ToString());
        Assert.Equal(TimeZoneInfo.Utc, RoundTrip.Of(TimeZoneInfo.Utc));
        var stream = new MemoryStream([1, 2, 3]) { Position = 1 };
        Assert.Equal(2, RoundTrip.Of(stream).ReadByte());
        Assert.Equal(3, RoundTrip.Of(new Lazy<int>(() => 3)).Value);
        var evaluated = new Lazy<int>(() => 4);
        _ = evaluated.Value;
        Assert.True(RoundTrip.Of(evaluated).IsValueCreated);
        Assert.Equal(typeof(Math).GetMethod("Max", [typeof(int), typeof(int)]), RoundTrip.Of(typeof(Math).GetMethod("Max", [typeof(int), typeof(int)])));
        Assert.Equal(typeof(string).GetProperty("Length"), RoundTrip.Of(typeof(string).GetProperty("Length")));
        var random = new Random(5);
        Random copy = RoundTrip.Of(random);
        Assert.Equal(random.Next(), copy.Next());
        Assert.True(RoundTrip.Of(new CancellationToken(true)).IsCancellationRequested);
    }
}
