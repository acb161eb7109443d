using System.Reflection;
using System.Runtime.CompilerServices;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Fields;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Objects;

/// <summary>Objects of any class, field by field, without running a constructor.</summary>
internal sealed class PlainObjectCodec : ShellCodec
{
    private readonly FieldCodec[] _fields;
    private readonly ObjectCallbacks? _callbacks;

    public PlainObjectCodec(ValueSerializer serializer, Type type)
        : base(type)
    {
        List<FieldInfo> fields = FieldLayout.FieldsOf(type);
        Layout = FieldLayout.Hash(fields);
        _fields = FieldLayout.CodecsFor(serializer, type, fields);
        _callbacks = ObjectCallbacks.Find(type);
    }

    public override uint Layout { get; }

    public override void WriteContent(WriteContext w, object value)
    {
        _callbacks?.Serializing(value);
        FieldCodec.WriteAll(_fields, w, ref RawObject.DataOf(value));
        _callbacks?.Serialized(value);
    }

    public override object ReadShell(ReadContext r)
    {
        object value = RuntimeHelpers.GetUninitializedObject(Type);
        _callbacks?.Deserializing(value);
        return value;
    }

    public override void ReadContent(ReadContext r, object value)
    {
        FieldCodec.ReadAll(_fields, r, ref RawObject.DataOf(value));
        if (_callbacks is { } callbacks)
        {
            r.WhenComplete(() => callbacks.Deserialized(value));
        }
    }
}
