using System.Runtime.CompilerServices;
using RayOrleans.Serialization.Fields;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Codecs;

/// <summary>Structs that hold references, field by field.</summary>
internal sealed class StructCodec<T>(FieldCodec[] fields) : Codec<T>
    where T : struct
{
    private readonly FieldCodec[] _fields = fields;

    public override bool CompleteWhenRead { get; } = fields.All(f => f.CompleteWhenRead);

    public override int MinBytes { get; } = Math.Max(1, fields.Sum(f => f.MinBytes));

    public override void Write(WriteContext w, in T value)
    {
        if (_fields.Length == 0)
        {
            // Every element takes a byte at least, so that counts can be checked against the bytes there are.
            w.WriteByte(0);
        }

        FieldCodec.WriteAll(_fields, w, ref Unsafe.As<T, byte>(ref Unsafe.AsRef(in value)));
    }

    public override T Read(ReadContext r)
    {
        T value = default;
        if (_fields.Length == 0)
        {
            r.ReadByte();
        }

        FieldCodec.ReadAll(_fields, r, ref Unsafe.As<T, byte>(ref value));
        return value;
    }
}
