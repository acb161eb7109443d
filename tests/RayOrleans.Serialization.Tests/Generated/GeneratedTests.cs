using RayOrleans.Serialization.Tests.References;

namespace RayOrleans.Serialization.Tests.Generated;

public sealed class GeneratedTests
{
    [Fact]
    public void MarkedType_UsesOrleansCodec()
    {
        var value = new Marked { Name = "a", Numbers = [1, 2], Next = new Marked { Name = "b" }, Plain = new PlainInside("p"), Unmarked = 5 };
        Marked copy = RoundTrip.Of(value);
        Assert.Equal(("a", "b", "p", 0), (copy.Name, copy.Next!.Name, copy.Plain!.Text, copy.Unmarked));
        Assert.Equal([1, 2], copy.Numbers);
    }

    [Fact]
    public void MarkedType_InsideOthers_UsesOrleansCodec_AndKeepsIdentity()
    {
        var marked = new Marked { Name = "m", Unmarked = 5 };
        Outside copy = RoundTrip.Of(new Outside { Inner = marked, Many = { marked, new Marked { Name = "n" } } });
        Assert.Equal(("m", 0, "n"), (copy.Inner!.Name, copy.Inner.Unmarked, copy.Many[1].Name));
        Assert.Same(copy.Inner, copy.Many[0]);
    }

    [Fact]
    public void References_InsideMarkedTypes_AreReportedAndRebound()
    {
        var tracker = new FakeTracker();
        ObjectRef<int> reference = tracker.Make<int>(9);
        byte[] bytes = RoundTrip.Serializer.SerializeToArray(new Marked { Reference = reference }, tracker);
        Assert.Equal([reference.Id], tracker.WrittenRefs);
        Assert.Equal(reference, RoundTrip.Serializer.Deserialize<Marked>(new ArraySource(bytes), tracker).Reference);
    }
}
