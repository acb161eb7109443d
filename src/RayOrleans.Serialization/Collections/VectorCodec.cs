using System.Runtime.CompilerServices;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Collections;

/// <summary>One-dimensional arrays of elements with references.</summary>
internal sealed class VectorCodec<T>(ValueSerializer serializer) : ShellCodec(typeof(T[]))
{
    private readonly Codec<T> _elements = serializer.CodecOf<T>();

    public override void WriteShell(WriteContext w, object value) => w.WriteCount(Unsafe.As<T[]>(value).Length);

    public override void WriteContent(WriteContext w, object value)
    {
        T[] array = Unsafe.As<T[]>(value);
        int i = 0;
        try
        {
            for (; i < array.Length; i++)
            {
                _elements.Write(w, in array[i]);
            }
        }
        catch (Exception) when (w.Path.NoteIndex(i))
        {
            throw;
        }
    }

    public override object ReadShell(ReadContext r) => new T[r.ReadElementCount(_elements.MinBytes)];

    public override void ReadContent(ReadContext r, object value)
    {
        T[] array = Unsafe.As<T[]>(value);
        int i = 0;
        try
        {
            for (; i < array.Length; i++)
            {
                array[i] = _elements.Read(r);
            }
        }
        catch (Exception) when (r.Path.NoteIndex(i))
        {
            throw;
        }
    }
}
