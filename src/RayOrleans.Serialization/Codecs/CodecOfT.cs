using RayOrleans.Serialization.Fields;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Codecs;

/// <summary>Writes and reads places of static type <typeparamref name="T"/>. Immutable, thread-safe.</summary>
internal abstract class Codec<T> : Codec
{
    public sealed override Type Type => typeof(T);

    public abstract void Write(WriteContext w, in T value);

    public abstract T Read(ReadContext r);

    public sealed override void WriteBoxed(WriteContext w, object? value) => Write(w, (T)value!);

    public sealed override object? ReadBoxed(ReadContext r) => Read(r);

    public override FieldCodec CreateField(string name, nint offset) => new FieldCodec<T>(name, offset, this);
}
