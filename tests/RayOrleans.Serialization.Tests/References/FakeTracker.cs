using System.Reflection;

namespace RayOrleans.Serialization.Tests.References;

/// <summary>Records what is written and makes references of a hold of its own.</summary>
internal sealed class FakeTracker : IReferenceTracker
{
    private readonly FakeHold _hold = new();

    public List<ObjectId> WrittenRefs { get; } = [];

    public List<ActorId> WrittenActors { get; } = [];

    public ObjectRef<T> Make<T>(ulong number) => new(_hold, new ObjectId(new TaskId(0, number), 0));

    public ActorHandle<T> MakeActor<T>(ulong number) => new(new ActorId(new TaskId(0, number)), null!, null);

    public ObjectId OnWrite(ObjectRef reference)
    {
        WrittenRefs.Add(reference.Id);
        return reference.Id;
    }

    public void OnWrite(ActorHandle handle) => WrittenActors.Add(handle.Id);

    public ObjectRef ReadReference(ObjectId id, Type valueType) => (ObjectRef)Make(typeof(ObjectRef<>).MakeGenericType(valueType), _hold, id);

    public ActorHandle ReadActor(ActorId id, Type actorType) => (ActorHandle)Make(typeof(ActorHandle<>).MakeGenericType(actorType), id, null, null);

    private static object Make(Type type, params object?[] arguments) =>
        type.GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic).Single().Invoke(arguments);
}
