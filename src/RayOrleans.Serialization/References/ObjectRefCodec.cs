using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.References;

/// <summary>References to objects: their ids; the runtime knows what else they mean.</summary>
internal sealed class ObjectRefCodec<T>() : BodyCodec(typeof(ObjectRef<T>))
{
    public override void Write(WriteContext w, object value)
    {
        var reference = (ObjectRef<T>)value;
        if (w.Tracker is null)
        {
            throw new UnsupportedValueException(Type, "references can only be sent in values that go through a runtime (Put, arguments, results, captured variables).");
        }

        w.WriteBits(w.Tracker.OnWrite(reference));
    }

    public override object Read(ReadContext r, int id)
    {
        ObjectId objectId = r.ReadBits<ObjectId>();
        ObjectRef made = r.Tracker?.ReadReference(objectId, typeof(T))
            ?? throw new UnsupportedValueException(Type, "references can only be read from values that come through a runtime.");
        return made as ObjectRef<T>
            ?? throw new InvalidOperationException($"The runtime made a {TypeText.Of(made.GetType())} where an ObjectRef<{TypeText.Of(typeof(T))}> is expected.");
    }
}
