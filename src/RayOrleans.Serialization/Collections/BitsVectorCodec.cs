using System.Runtime.CompilerServices;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Memory;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Collections;

/// <summary>One-dimensional arrays of plain elements: small ones in the header, others as buffers.</summary>
internal sealed class BitsVectorCodec<T>() : BodyCodec(typeof(T[]))
{
    public override void Write(WriteContext w, object value)
    {
        T[] array = Unsafe.As<T[]>(value);
        MemoryForm.Write(w, array, 0, (long)array.Length * Unsafe.SizeOf<T>());
    }

    public override object Read(ReadContext r, int id) => MemoryForm.ReadArray<T>(r);
}
