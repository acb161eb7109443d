using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.References;

/// <summary>Actor handles: their ids; the runtime knows what else they mean.</summary>
internal sealed class ActorHandleCodec<T>() : BodyCodec(typeof(ActorHandle<T>))
{
    public override void Write(WriteContext w, object value)
    {
        var handle = (ActorHandle<T>)value;
        if (w.Tracker is null)
        {
            throw new UnsupportedValueException(Type, "actor handles can only be sent in values that go through a runtime (Put, arguments, results, captured variables).");
        }

        w.Tracker.OnWrite(handle);
        w.WriteBits(handle.Id);
    }

    public override object Read(ReadContext r, int id)
    {
        ActorId actorId = r.ReadBits<ActorId>();
        ActorHandle made = r.Tracker?.ReadActor(actorId, typeof(T))
            ?? throw new UnsupportedValueException(Type, "actor handles can only be read from values that come through a runtime.");
        return made as ActorHandle<T>
            ?? throw new InvalidOperationException($"The runtime made a {TypeText.Of(made.GetType())} where an ActorHandle<{TypeText.Of(typeof(T))}> is expected.");
    }
}
