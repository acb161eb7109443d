using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Codecs;

/// <summary>Values that cannot travel, except where they are zero and mean nothing.</summary>
internal sealed class RejectedValueCodec<T>(string hint, bool allowDefault) : Codec<T>
    where T : struct
{
    public override void Write(WriteContext w, in T value)
    {
        if (!allowDefault || !EqualityComparer<T>.Default.Equals(value, default))
        {
            throw new UnsupportedValueException(typeof(T), hint);
        }

        w.WriteByte(0);
    }

    public override T Read(ReadContext r) => r.ReadByte() == 0 && allowDefault ? default : throw new UnsupportedValueException(typeof(T), hint);
}
