using RayOrleans.Core;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime;

/// <summary>Collects the references inside a value that is being written.</summary>
internal sealed class WriteTracker(NodeServices node, NestedPuts? nested = null) : IReferenceTracker
{
    private List<ObjectEntry>? _entries;
    private List<object>? _keepAlive;

    public ObjectEntry[]? Entries => _entries?.ToArray();

    public object? KeepAlive => _keepAlive;

    public ObjectId OnWrite(ObjectRef reference)
    {
        ObjectEntry entry = Add(reference);
        return nested?.OnWrite(entry) ?? entry.Id;
    }

    public void OnWrite(ActorHandle handle)
    {
        if (handle.Hold is { } hold)
        {
            Add(hold);
        }
    }

    public ObjectRef ReadReference(ObjectId id, Type valueType) => throw new InvalidOperationException("This tracker only writes.");

    public ActorHandle ReadActor(ActorId id, Type actorType) => throw new InvalidOperationException("This tracker only writes.");

    private ObjectEntry Add(ObjectRef reference)
    {
        if (reference.Target is not ObjectEntry entry || reference.Hold.Runtime != node)
        {
            throw new ArgumentException($"{reference} belongs to another runtime than the one it is passed to.");
        }

        (_entries ??= []).Add(entry);
        (_keepAlive ??= []).Add(reference);
        return entry;
    }
}
