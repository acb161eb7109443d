using System.Runtime.CompilerServices;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Fields;

/// <summary>One field of type <typeparamref name="T"/>.</summary>
internal class FieldCodec<T>(string name, nint offset, Codec<T> codec) : FieldCodec(name, offset)
{
    public override bool CompleteWhenRead => codec.CompleteWhenRead;

    public override int MinBytes => codec.MinBytes;

    public override void Write(WriteContext w, ref byte origin) => codec.Write(w, in At(ref origin));

    public override void Read(ReadContext r, ref byte origin) => At(ref origin) = codec.Read(r);

    public sealed override void Copy(ref byte source, ref byte target) => At(ref target) = At(ref source);

    public sealed override object? Get(ref byte origin) => At(ref origin);

    public sealed override void Set(ref byte origin, object? value) => At(ref origin) = (T)value!;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected ref T At(ref byte origin) => ref Unsafe.As<byte, T>(ref Unsafe.AddByteOffset(ref origin, Offset));
}
