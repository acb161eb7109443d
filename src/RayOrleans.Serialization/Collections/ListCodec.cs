using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Memory;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Collections;

/// <summary>Lists: their elements, without spare capacity.</summary>
internal sealed class ListCodec<T>(ValueSerializer serializer) : ShellCodec(typeof(List<T>))
{
    private readonly Codec<T> _elements = serializer.CodecOf<T>();
    private readonly bool _bits = PlaceFactory.IsBits(typeof(T));

    public override void WriteShell(WriteContext w, object value)
    {
        List<T> list = Unsafe.As<List<T>>(value);
        if (_bits)
        {
            MemoryForm.Write(w, ItemsOf(list), 0, (long)list.Count * Unsafe.SizeOf<T>());
        }
        else
        {
            w.WriteCount(list.Count);
        }
    }

    public override void WriteContent(WriteContext w, object value)
    {
        if (_bits)
        {
            return;
        }

        ReadOnlySpan<T> items = CollectionsMarshal.AsSpan(Unsafe.As<List<T>>(value));
        int i = 0;
        try
        {
            for (; i < items.Length; i++)
            {
                _elements.Write(w, in items[i]);
            }
        }
        catch (Exception) when (w.Path.NoteIndex(i))
        {
            throw;
        }
    }

    public override object ReadShell(ReadContext r)
    {
        var list = new List<T>();
        if (_bits)
        {
            T[] items = MemoryForm.ReadArray<T>(r);
            ItemsOf(list) = items;
            SizeOf(list) = items.Length;
        }
        else
        {
            CollectionsMarshal.SetCount(list, r.ReadElementCount(_elements.MinBytes));
        }

        return list;
    }

    public override void ReadContent(ReadContext r, object value)
    {
        if (_bits)
        {
            return;
        }

        Span<T> items = CollectionsMarshal.AsSpan(Unsafe.As<List<T>>(value));
        items.Clear();
        int i = 0;
        try
        {
            for (; i < items.Length; i++)
            {
                items[i] = _elements.Read(r);
            }
        }
        catch (Exception) when (r.Path.NoteIndex(i))
        {
            throw;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_items")]
    private static extern ref T[] ItemsOf(List<T> list);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_size")]
    private static extern ref int SizeOf(List<T> list);
}
