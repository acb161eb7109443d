using RayOrleans.Serialization.Collections;
using RayOrleans.Serialization.Columnar;
using RayOrleans.Serialization.Framework;
using RayOrleans.Serialization.Functions;
using RayOrleans.Serialization.Generated;
using RayOrleans.Serialization.Memory;
using RayOrleans.Serialization.Objects;
using RayOrleans.Serialization.References;

namespace RayOrleans.Serialization.Codecs;

/// <summary>Chooses the codec of objects of a run-time type.</summary>
internal static class BodyFactory
{
    public static BodyCodec Create(ValueSerializer serializer, Type type)
    {
        if (type.IsValueType || type == typeof(string))
        {
            return OfBox(serializer, type);
        }

        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return new DelegateCodec(serializer, type);
        }

        BodyCodec? known = OfReference(type)
            ?? CollectionCodecs.Find(serializer, type)
            ?? FrameworkCodecs.Find(serializer, type)
            ?? ColumnarCodecs.Find(type);
        if (known is not null)
        {
            return known;
        }

        if (Rejections.HintFor(type) is { } hint)
        {
            return new RejectedCodec(type, hint);
        }

        if (type.IsAbstract || type.IsInterface)
        {
            return new RejectedCodec(type, "no object can be of exactly this type.");
        }

        if (GeneratedSerializers.IsGenerated(type))
        {
            return new GeneratedCodec(serializer, type);
        }

        return typeof(Exception).IsAssignableFrom(type)
            ? new ExceptionCodec(serializer, type)
            : (BodyCodec?)SerializableObjectCodec.Find(serializer, type) ?? new PlainObjectCodec(serializer, type);
    }

    private static BodyCodec OfBox(ValueSerializer serializer, Type type)
    {
        if (Rejections.HintForValue(type) is { } hint)
        {
            return new RejectedCodec(type, hint);
        }

        Codec codec = serializer.CodecOf(type);
        return codec is RejectedPlaceCodec
            ? new RejectedCodec(type, RejectedPlaceCodec.Hint)
            : (BodyCodec)Activator.CreateInstance(typeof(BoxCodec<>).MakeGenericType(type), codec)!;
    }

    private static BodyCodec? OfReference(Type type)
    {
        if (!type.IsGenericType)
        {
            return null;
        }

        Type definition = type.GetGenericTypeDefinition();
        Type? codec = definition == typeof(ObjectRef<>) ? typeof(ObjectRefCodec<>)
            : definition == typeof(ActorHandle<>) ? typeof(ActorHandleCodec<>)
            : definition == typeof(SharedTensor<>) ? typeof(SharedTensorCodec<>)
            : null;
        return codec is null ? null : (BodyCodec)Activator.CreateInstance(codec.MakeGenericType(type.GetGenericArguments()))!;
    }
}
