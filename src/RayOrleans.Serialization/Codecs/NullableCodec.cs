using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Codecs;

/// <summary>Nullable values that hold references.</summary>
internal sealed class NullableCodec<T>(Codec<T> inner) : Codec<T?>
    where T : struct
{
    public override bool CompleteWhenRead => inner.CompleteWhenRead;

    public override void Write(WriteContext w, in T? value)
    {
        w.WriteByte(value.HasValue ? (byte)1 : (byte)0);
        if (value.HasValue)
        {
            inner.Write(w, value.GetValueOrDefault());
        }
    }

    public override T? Read(ReadContext r) => r.ReadBool() ? inner.Read(r) : null;
}
