using System.Runtime.CompilerServices;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Collections;

/// <summary>
/// Collections that exist only once all their items do: immutable and frozen ones. <typeparamref name="TRules"/> knows the concrete type.
/// </summary>
internal sealed class BuiltCollectionCodec<TCollection, TItem, TRules>(ValueSerializer serializer) : BodyCodec(typeof(TCollection))
    where TCollection : class, IEnumerable<TItem>
    where TRules : struct, IBuiltCollection<TCollection, TItem>
{
    private readonly Codec<TItem> _items = serializer.CodecOf<TItem>();
    private readonly Codec<object?> _objects = serializer.CodecOf<object?>();

    public override void Write(WriteContext w, object value)
    {
        TCollection collection = Unsafe.As<TCollection>(value);
        TItem[] items = [.. collection];
        w.WholeDepth++;
        (object? first, object? second) = TRules.Comparers(collection);
        ComparerForm.Write(w, _objects, first, null);
        ComparerForm.Write(w, _objects, second, null);
        w.WriteCount(items.Length);
        int i = 0;
        try
        {
            for (; i < items.Length; i++)
            {
                _items.Write(w, in items[i]);
            }
        }
        catch (Exception) when (w.Path.NoteIndex(i))
        {
            throw;
        }

        w.WholeDepth--;
    }

    public override object Read(ReadContext r, int id)
    {
        object? first = ComparerForm.Read(r, _objects);
        object? second = ComparerForm.Read(r, _objects);
        var items = new TItem[r.ReadElementCount(_items.MinBytes)];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = _items.Read(r);
        }

        return TRules.Build(items, first, second);
    }
}
