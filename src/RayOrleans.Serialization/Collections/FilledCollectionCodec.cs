using System.Reflection;
using System.Runtime.CompilerServices;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Fields;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Collections;

/// <summary>
/// Collections that are made empty and then filled, and classes derived from them: comparer, the derived classes' fields, items.
/// Hash codes differ between processes, so tables are built anew; where keys may not be complete yet, only after the whole value is.
/// </summary>
internal abstract class FilledCollectionCodec<TCollection, TItem> : ShellCodec
    where TCollection : class
{
    private readonly Codec<TItem> _items;
    private readonly Codec<object?> _objects;
    private readonly FieldCodec[] _derivedFields;
    private readonly ConstructorInfo? _baseConstructor;

    protected FilledCollectionCodec(ValueSerializer serializer, Type type)
        : base(type)
    {
        _items = serializer.CodecOf<TItem>();
        _objects = serializer.CodecOf<object?>();
        List<FieldInfo> fields = FieldLayout.FieldsOf(type, stop: typeof(TCollection));
        Layout = FieldLayout.Hash(fields);
        _derivedFields = type == typeof(TCollection) ? [] : FieldLayout.CodecsFor(serializer, type, fields);
        if (type != typeof(TCollection))
        {
            _baseConstructor = typeof(TCollection).GetConstructor(ComparerType is { } comparer ? [comparer] : [])
                ?? throw new NotSupportedException($"{TypeText.Of(typeof(TCollection))} cannot be made empty.");
        }
    }

    public override uint Layout { get; }

    /// <summary>The comparer interface that the constructor takes; null where it takes none.</summary>
    protected virtual Type? ComparerType => null;

    /// <summary>Whether items are found by their content, which must be complete when they are added.</summary>
    protected virtual bool FindsByContent => ComparerType is not null;

    /// <summary>Whether the part of the items that decides where they go is complete as soon as it was read.</summary>
    protected virtual bool KeysComplete => _items.CompleteWhenRead;

    public override void WriteShell(WriteContext w, object value)
    {
        if (ComparerType is not null)
        {
            (object? comparer, object? usual) = ComparerOf(Unsafe.As<TCollection>(value));
            ComparerForm.Write(w, _objects, comparer, usual);
        }
    }

    public override void WriteContent(WriteContext w, object value)
    {
        FieldCodec.WriteAll(_derivedFields, w, ref RawObject.DataOf(value));
        TItem[] items = ItemsOf(Unsafe.As<TCollection>(value));
        w.WriteCount(items.Length);
        int i = 0;
        try
        {
            for (; i < items.Length; i++)
            {
                _items.Write(w, in items[i]);
            }
        }
        catch (Exception) when (w.Path.Note(PathOf(items, i)))
        {
            throw;
        }
    }

    public override object ReadShell(ReadContext r)
    {
        object? comparer = ComparerType is null ? null : ComparerForm.Read(r, _objects);
        if (_baseConstructor is null)
        {
            return Make(comparer);
        }

        object value = RuntimeHelpers.GetUninitializedObject(Type);
        _baseConstructor.Invoke(value, BindingFlags.DoNotWrapExceptions, null, ComparerType is null ? [] : [comparer], null);
        return value;
    }

    public override void ReadContent(ReadContext r, object value)
    {
        FieldCodec.ReadAll(_derivedFields, r, ref RawObject.DataOf(value));
        int count = r.ReadElementCount(_items.MinBytes);
        TCollection collection = Unsafe.As<TCollection>(value);
        if (FindsByContent && !KeysComplete)
        {
            var items = new TItem[count];
            for (int i = 0; i < count; i++)
            {
                items[i] = _items.Read(r);
            }

            r.WhenComplete(() => Fill(collection, items));
            return;
        }

        Reserve(collection, count);
        for (int i = 0; i < count; i++)
        {
            Add(collection, _items.Read(r));
        }
    }

    /// <summary>The items in the order in which adding them again makes the same collection; a snapshot.</summary>
    protected abstract TItem[] ItemsOf(TCollection collection);

    protected abstract void Add(TCollection collection, TItem item);

    protected abstract TCollection Make(object? comparer);

    /// <summary>The comparer in use, and the one that is used where none is given.</summary>
    protected virtual (object? Comparer, object? Default) ComparerOf(TCollection collection) => (null, null);

    protected virtual void Reserve(TCollection collection, int count)
    {
    }

    protected virtual string PathOf(TItem[] items, int index) => $"[{index}]";

    private void Fill(TCollection collection, TItem[] items)
    {
        Reserve(collection, items.Length);
        foreach (TItem item in items)
        {
            Add(collection, item);
        }
    }
}
