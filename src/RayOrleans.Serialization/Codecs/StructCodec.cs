using System.Runtime.CompilerServices;
using RayOrleans.Serialization.Fields;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Codecs;

/// <summary>Structs that hold references, field by field.</summary>
internal sealed class StructCodec<T>(FieldCodec[] fields) : Codec<T>
    where T : struct
{
    public override bool CompleteWhenRead { get; } = fields.All(f => f.CompleteWhenRead);

    public override void Write(WriteContext w, in T value) =>
        FieldCodec.WriteAll(fields, w, ref Unsafe.As<T, byte>(ref Unsafe.AsRef(in value)));

    public override T Read(ReadContext r)
    {
        T value = default;
        FieldCodec.ReadAll(fields, r, ref Unsafe.As<T, byte>(ref value));
        return value;
    }
}
