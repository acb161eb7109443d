using System.Reflection;
using RayOrleans.Serialization.Fields;
using RayOrleans.Serialization.Memory;
using RayOrleans.Serialization.Objects;

namespace RayOrleans.Serialization.Codecs;

/// <summary>Chooses the codec of places of a static type.</summary>
internal static class PlaceFactory
{
    private static readonly Dictionary<Type, Type> GenericValues = new()
    {
        [typeof(ReadOnlyMemory<>)] = typeof(ReadOnlyMemoryCodec<>),
        [typeof(Memory<>)] = typeof(MemoryCodec<>),
        [typeof(ArraySegment<>)] = typeof(ArraySegmentCodec<>),
    };

    public static Codec Create(ValueSerializer serializer, Type type)
    {
        if (type.IsPointer || type.IsFunctionPointer || type.IsByRef || type.IsByRefLike)
        {
            return new RejectedPlaceCodec(type);
        }

        if (type == typeof(string))
        {
            return new StringCodec();
        }

        if (!type.IsValueType)
        {
            return Make(typeof(ObjectCodec<>), type, serializer);
        }

        if (type == typeof(bool))
        {
            return new BooleanCodec();
        }

        if (type == typeof(CancellationToken))
        {
            return new CancellationTokenCodec();
        }

        if (Rejections.HintForValue(type) is { } hint)
        {
            return Make(typeof(RejectedValueCodec<>), type, hint, true);
        }

        if (type.IsGenericType && GenericValues.TryGetValue(type.GetGenericTypeDefinition(), out Type? definition))
        {
            return Make(definition, type.GetGenericArguments()[0], serializer);
        }

        if (IsBits(type))
        {
            return Make(typeof(BitsCodec<>), type);
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Make(typeof(NullableCodec<>), underlying, serializer.CodecOf(underlying));
        }

        List<FieldInfo> fields = FieldLayout.FieldsOf(type);
        return Make(typeof(StructCodec<>), type, (object)FieldLayout.CodecsFor(serializer, type, fields));
    }

    /// <summary>Whether a type's values are their bits: no references and no addresses.</summary>
    public static bool IsBits(Type type)
    {
        if (type.IsPrimitive)
        {
            return type != typeof(nint) && type != typeof(nuint);
        }

        if (type.IsEnum)
        {
            return true;
        }

        return type.IsValueType && !type.IsByRefLike && Rejections.HintForValue(type) is null
            && type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).All(f => IsBits(f.FieldType));
    }

    private static Codec Make(Type definition, Type argument, params object[] arguments) =>
        (Codec)Activator.CreateInstance(definition.MakeGenericType(argument), BindingFlags.Instance | BindingFlags.Public, null, arguments, null)!;
}
