using CsCheck;
using RayOrleans.Serialization.Tests.Objects;

namespace RayOrleans.Serialization.Tests.Wire;

public sealed class PropertyTests
{
    private static readonly Gen<object?> Leaf = Gen.OneOf<object?>(
        Gen.Int.Select(x => (object?)x),
        Gen.Double.Select(x => (object?)x),
        Gen.String.Select(x => (object?)x),
        Gen.Const((object?)null),
        Gen.Guid.Select(x => (object?)x),
        Gen.DateTime.Select(x => (object?)x),
        Gen.Byte.Array[0, 3000].Select(x => (object?)x),
        Gen.Decimal.Select(x => (object?)x),
        Gen.Int.Array[0, 20].Select(x => (object?)x.ToList()));

    private static readonly Gen<object?> Tree = Gen.Recursive<object?>((depth, inner) => depth > 4
        ? Leaf
        : Gen.OneOf(
            Leaf,
            inner.Array[0, 5].Select(x => (object?)x),
            inner.List[0, 5].Select(x => (object?)x),
            Gen.Dictionary(Gen.String, inner)[0, 4].Select(x => (object?)x),
            Gen.Select(inner, inner).Select(x => (object?)(x.Item1, x.Item2)),
            inner.Select(x => (object?)new Holder { Any = x, Maybe = 1 }),
            inner.Array[1, 3].Select(x => (object?)new object?[] { x, x, x[0] })));

    [Fact]
    public void AnyTree_RoundTrip_IsTheSame() =>
        Tree.Sample(value => Assert.True(GraphComparer.AreEqual(value, RoundTrip.Same(value))), seed: "0000KOIPe036", iter: 2000, threads: 1);

    [Fact]
    public void AnyString_RoundTrip_IsTheSame() =>
        Gen.Char.Array[0, 200].Select(c => new string(c)).Sample(text => Assert.Equal(text, RoundTrip.Of(text)), seed: "0000KOIPe036", iter: 5000, threads: 1);

    [Fact]
    public void RandomGraphs_WithSharingAndCycles_KeepTheirShape()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            Person[] nodes = [.. Enumerable.Range(0, random.Next(1, 60)).Select(i => new Person("p" + i, i))];
            foreach (Person node in nodes)
            {
                node.Friend = random.Next(3) == 0 ? null : nodes[random.Next(nodes.Length)];
                for (int i = random.Next(4); i > 0; i--)
                {
                    node.Children.Add(nodes[random.Next(nodes.Length)]);
                }
            }

            Person[] copy = RoundTrip.Same(nodes);
            Assert.True(GraphComparer.AreEqual(nodes, copy), $"seed {seed}");
        }
    }

    [Fact]
    public async Task ManyThreads_ShareOneSerializer()
    {
        var serializer = new ValueSerializer();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() =>
        {
            for (int i = 0; i < 500; i++)
            {
                var value = new Measurement(i, "n" + n, i / 3.0, [i, n]);
                Measurement copy = serializer.Deserialize<Measurement>(new ArraySource(serializer.SerializeToArray(value, null)), null);
                Assert.Equal((value.Id, value.Name, value.Value), (copy.Id, copy.Name, copy.Value));
                var other = new Dictionary<string, object> { ["x"] = new Circle(i), ["y"] = (n, "z") };
                Assert.True(GraphComparer.AreEqual(other, serializer.Deserialize<object>(new ArraySource(serializer.SerializeToArray<object>(other, null)), null)));
            }
        })));
    }
}
