using System.Reflection;
using System.Runtime.CompilerServices;
using RayOrleans.Core;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime;

/// <summary>Makes the references inside a value that is being read; they share one hold.</summary>
internal sealed class ReadTracker(NodeServices node, IRay runtime, ObjectEntry[]? contained) : IReferenceTracker
{
    // Weak, because the types may be of shipped code, which is unloaded when its jobs have ended.
    private static readonly ConditionalWeakTable<Type, Func<ObjectHold, object, ObjectRef>> RefFactories = [];
    private static readonly ConditionalWeakTable<Type, Func<ActorId, IRay, ObjectRef?, ActorHandle>> HandleFactories = [];

    private SharedHold? _hold;
    private Dictionary<ObjectId, ObjectEntry>? _byId;
    private int _next;

    public ObjectId OnWrite(ObjectRef reference) => throw new InvalidOperationException("This tracker only reads.");

    public void OnWrite(ActorHandle handle) => throw new InvalidOperationException("This tracker only reads.");

    public ObjectRef ReadReference(ObjectId id, Type valueType)
    {
        ObjectEntry entry = Find(id) ?? throw new RaySerializationException($"The value refers to object {id}, which it does not hold; it was not written by this runtime.");
        return RefFactories.GetValue(valueType, MakeRefFactory)(Hold(), entry);
    }

    public ActorHandle ReadActor(ActorId id, Type actorType)
    {
        ObjectEntry? creation = Find(new ObjectId(id.Creation, 0));
        ObjectRef? hold = creation is null ? null : new ObjectRef<Unit>(Hold(), creation);
        return HandleFactories.GetValue(actorType, MakeHandleFactory)(id, runtime, hold);
    }

    private static Func<ObjectHold, object, ObjectRef> MakeRefFactory(Type valueType) =>
        typeof(ReadTracker).GetMethod(nameof(MakeRef), BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(valueType).CreateDelegate<Func<ObjectHold, object, ObjectRef>>();

    private static Func<ActorId, IRay, ObjectRef?, ActorHandle> MakeHandleFactory(Type actorType) =>
        typeof(ReadTracker).GetMethod(nameof(MakeHandle), BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(actorType).CreateDelegate<Func<ActorId, IRay, ObjectRef?, ActorHandle>>();

    private static ObjectRef MakeRef<T>(ObjectHold hold, object target) => new ObjectRef<T>(hold, target);

    private static ActorHandle MakeHandle<T>(ActorId id, IRay runtime, ObjectRef? hold) => new ActorHandle<T>(id, runtime, hold);

    private SharedHold Hold() => _hold ??= SharedHold.Take(node, contained!);

    private ObjectEntry? Find(ObjectId id)
    {
        if (contained is null)
        {
            return null;
        }

        // References are read in the order they were written, as a rule.
        if (_next < contained.Length && contained[_next].Id == id)
        {
            return contained[_next++];
        }

        _byId ??= contained.DistinctBy(e => e.Id).ToDictionary(e => e.Id);
        return _byId.GetValueOrDefault(id);
    }
}
