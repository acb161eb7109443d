using System.Buffers;
using Orleans.Serialization;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.Serializers;
using Orleans.Serialization.WireProtocol;

namespace RayOrleans.Serialization.Generated;

/// <summary>Gives Orleans a codec for everything it has none for: references, actor handles, and plain classes inside generated types.</summary>
internal sealed class NestedValueCodec(ValueSerializer serializer) : IGeneralizedCodec, IGeneralizedCopier, ITypeFilter
{
    private static readonly Type BytesType = typeof(byte[]);

    public bool IsSupportedType(Type type) =>
        !GeneratedSerializers.IsGenerated(type) && !type.IsInterface && !type.IsAbstract
        && type.Namespace?.StartsWith("Orleans.", StringComparison.Ordinal) != true
        && (typeof(ObjectRef).IsAssignableFrom(type) || typeof(ActorHandle).IsAssignableFrom(type) || type.Assembly != typeof(object).Assembly);

    public bool? IsTypeAllowed(Type type) => true;

    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, object? value)
        where TBufferWriter : IBufferWriter<byte>
    {
        if (ReferenceCodec.TryWriteReferenceField(ref writer, fieldIdDelta, expectedType, value))
        {
            return;
        }

        writer.WriteFieldHeader(fieldIdDelta, expectedType, value!.GetType(), WireType.LengthPrefixed);
        byte[] bytes = serializer.SerializeToArray<object?>(value, NestedTracker.Current);
        writer.WriteVarUInt32((uint)bytes.Length);
        writer.Write(bytes);
    }

    public object ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.WireType == WireType.Reference)
        {
            return ReferenceCodec.ReadReference(ref reader, field.FieldType ?? BytesType)!;
        }

        uint placeholder = ReferenceCodec.CreateRecordPlaceholder(reader.Session);
        uint length = reader.ReadVarUInt32();
        byte[] bytes = reader.ReadBytes(length);
        object value = serializer.Deserialize<object>(new ArraySource(bytes), NestedTracker.Current);
        ReferenceCodec.RecordObject(reader.Session, value, placeholder);
        return value;
    }

    public object? DeepCopy(object? input, CopyContext context) =>
        serializer.Deserialize<object?>(new ArraySource(serializer.SerializeToArray<object?>(input, NestedTracker.Current)), NestedTracker.Current);
}
