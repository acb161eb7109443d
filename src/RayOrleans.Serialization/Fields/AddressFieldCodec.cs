using System.Runtime.CompilerServices;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Fields;

/// <summary>A field that holds a raw address: only null can travel.</summary>
internal sealed class AddressFieldCodec(string name, nint offset, Type type) : FieldCodec(name, offset)
{
    public override bool CompleteWhenRead => true;

    public override int MinBytes => 1;

    public override void Write(WriteContext w, ref byte origin)
    {
        if (At(ref origin) != 0)
        {
            throw new UnsupportedValueException(type, RejectedPlaceCodec.Hint);
        }

        w.WriteByte(0);
    }

    public override void Read(ReadContext r, ref byte origin)
    {
        if (r.ReadByte() != 0)
        {
            throw new CorruptValueException("an address in the bytes");
        }

        At(ref origin) = 0;
    }

    public override void Copy(ref byte source, ref byte target) => At(ref target) = At(ref source);

    public override object? Get(ref byte origin) => At(ref origin);

    public override void Set(ref byte origin, object? value) => At(ref origin) = 0;

    private ref nint At(ref byte origin) => ref Unsafe.As<byte, nint>(ref Unsafe.AddByteOffset(ref origin, Offset));
}
