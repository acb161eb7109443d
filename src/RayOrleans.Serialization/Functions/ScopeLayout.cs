using System.Reflection;
using System.Runtime.CompilerServices;
using RayOrleans.Serialization.Fields;

namespace RayOrleans.Serialization.Functions;

/// <summary>All fields of a compiler-made class that holds captured variables.</summary>
internal sealed class ScopeLayout
{
    public ScopeLayout(ValueSerializer serializer, Type type)
    {
        Type = type;
        List<FieldInfo> fields = FieldLayout.FieldsOf(type);
        Infos = [.. fields];
        Codecs = FieldLayout.CodecsFor(serializer, type, fields);
        Hash = FieldLayout.Hash(fields);
    }

    public Type Type { get; }

    public FieldInfo[] Infos { get; }

    public FieldCodec[] Codecs { get; }

    public uint Hash { get; }

    public object Allocate() => RuntimeHelpers.GetUninitializedObject(Type);
}
