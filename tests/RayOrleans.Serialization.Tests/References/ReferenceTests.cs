namespace RayOrleans.Serialization.Tests.References;

public sealed class ReferenceTests
{
    [Fact]
    public void NestedReferences_AreReportedOnce_AndReboundWithIdentity()
    {
        var tracker = new FakeTracker();
        ObjectRef<string> a = tracker.Make<string>(1);
        ObjectRef<Unit> b = tracker.Make<Unit>(2);
        ActorHandle<List<int>> actor = tracker.MakeActor<List<int>>(3);
        var value = (List: new List<ObjectRef<string>> { a, a }, Any: (object)b, Base: (ObjectRef)a, Actor: actor);
        byte[] bytes = RoundTrip.Serializer.SerializeToArray(value, tracker);
        Assert.Equal([a.Id, b.Id], tracker.WrittenRefs);
        Assert.Equal([actor.Id], tracker.WrittenActors);
        var copy = RoundTrip.Serializer.Deserialize<(List<ObjectRef<string>> List, object Any, ObjectRef Base, ActorHandle<List<int>> Actor)>(
            new ArraySource(bytes), tracker);
        Assert.Equal(a, copy.List[0]);
        Assert.Same(copy.List[0], copy.List[1]);
        Assert.Same(copy.List[0], copy.Base);
        Assert.IsType<ObjectRef<Unit>>(copy.Any);
        Assert.Equal(actor, copy.Actor);
    }

    [Fact]
    public void References_WithoutARuntime_Fail()
    {
        var tracker = new FakeTracker();
        var value = new List<ObjectRef<int>> { tracker.Make<int>(1) };
        RaySerializationException e = Assert.Throws<RaySerializationException>(() => RoundTrip.Of(value));
        Assert.Equal("List<ObjectRef<Int32>>[0]", e.MemberPath);
    }
}
