using System.IO.Hashing;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RayOrleans.Serialization.Fields;

/// <summary>Which fields of a type are written, in which order, and where they are in memory.</summary>
internal static class FieldLayout
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    // The bit that [NonSerialized] sets; its name went with the formatters, its meaning here did not.
    private const int NotSerialized = 0x80;

    /// <summary>The instance fields declared by the type and its bases up to (without) <paramref name="stop"/>, bases first; not those marked as not serialised.</summary>
    public static List<FieldInfo> FieldsOf(Type type, Type? stop = null)
    {
        var chain = new Stack<Type>();
        for (Type? t = type; t is not null && t != stop && t != typeof(object) && t != typeof(ValueType); t = t.BaseType)
        {
            chain.Push(t);
        }

        var fields = new List<FieldInfo>();
        foreach (Type t in chain)
        {
            fields.AddRange(t.GetFields(Declared).Where(f => ((int)f.Attributes & NotSerialized) == 0).OrderBy(f => f.MetadataToken));
        }

        return fields;
    }

    /// <summary>The codecs of fields, with their offsets measured on an instance of the type.</summary>
    public static FieldCodec[] CodecsFor(ValueSerializer serializer, Type type, IReadOnlyList<FieldInfo> fields)
    {
        if (fields.Count == 0)
        {
            return [];
        }

        nint[] offsets = Measure(type, fields);
        var codecs = new FieldCodec[fields.Count];
        for (int i = 0; i < codecs.Length; i++)
        {
            codecs[i] = serializer.CodecOf(fields[i].FieldType).CreateField(DisplayName(fields[i]), offsets[i]);
        }

        return codecs;
    }

    /// <summary>A hash of the fields' names and types.</summary>
    public static uint Hash(IEnumerable<FieldInfo> fields)
    {
        string text = string.Join('|', fields.Select(f => $"{f.Name}:{f.FieldType.Name}"));
        return (uint)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    /// <summary>The property behind a compiler-made field, the captured variable as it was written, or the field itself.</summary>
    public static string DisplayName(FieldInfo field)
    {
        string name = field.Name;
        int end = name.IndexOf('>', StringComparison.Ordinal);
        return name[0] == '<' && end > 1 ? name[1..end] : name == "<>4__this" ? "this" : name;
    }

    /// <summary>The distance of each field from the start of the object's data.</summary>
    public static nint[] Measure(Type type, IReadOnlyList<FieldInfo> fields)
    {
        var method = new DynamicMethod("FieldOffsets", typeof(void), [typeof(object), typeof(nint[])], type.Module, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        FieldInfo start = typeof(RawObject).GetField("_data", BindingFlags.Instance | BindingFlags.NonPublic)!;
        for (int i = 0; i < fields.Count; i++)
        {
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldarg_0);
            if (type.IsValueType)
            {
                il.Emit(OpCodes.Unbox, type);
            }

            il.Emit(OpCodes.Ldflda, fields[i]);
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldflda, start);
            il.Emit(OpCodes.Sub);
            il.Emit(OpCodes.Stelem_I);
        }

        il.Emit(OpCodes.Ret);
        object sample = RuntimeHelpers.GetUninitializedObject(type);
        GC.SuppressFinalize(sample);
        var offsets = new nint[fields.Count];
        method.CreateDelegate<Action<object, nint[]>>()(sample, offsets);
        return offsets;
    }
}
