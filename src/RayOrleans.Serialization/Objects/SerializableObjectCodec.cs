using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Serialization;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Objects;

#pragma warning disable SYSLIB0050 // The legacy protocol is what these classes chose; it is used with our bytes, not with the removed formatter's.

/// <summary>Classes outside the framework that say themselves, through <see cref="ISerializable"/>, what to send.</summary>
internal sealed class SerializableObjectCodec : BodyCodec
{
    private readonly ConstructorInfo _constructor;
    private readonly ObjectCallbacks? _callbacks;
    private readonly Codec<object?> _objects;

    private SerializableObjectCodec(ValueSerializer serializer, Type type, ConstructorInfo constructor)
        : base(type)
    {
        _constructor = constructor;
        _callbacks = ObjectCallbacks.Find(type);
        _objects = serializer.CodecOf<object?>();
    }

    /// <summary>The codec of a class that follows the protocol; null for others.</summary>
    public static SerializableObjectCodec? Find(ValueSerializer serializer, Type type)
    {
        if (!typeof(ISerializable).IsAssignableFrom(type) || type.Assembly == typeof(object).Assembly
            || type.Namespace?.StartsWith("System", StringComparison.Ordinal) == true)
        {
            return null;
        }

        ConstructorInfo? constructor = type.GetConstructor(
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, [typeof(SerializationInfo), typeof(StreamingContext)]);
        return constructor is null ? null : new SerializableObjectCodec(serializer, type, constructor);
    }

    public override void Write(WriteContext w, object value)
    {
        _callbacks?.Serializing(value);
        var info = new SerializationInfo(Type, new FormatterConverter());
        ((ISerializable)value).GetObjectData(info, default);
        if (info.ObjectType != Type)
        {
            throw new UnsupportedValueException(Type, $"its GetObjectData replaces it by a {TypeText.Of(info.ObjectType)}, which is not supported here.");
        }

        w.WriteCount(info.MemberCount);
        w.WholeDepth++;
        foreach (SerializationEntry entry in info)
        {
            w.WriteString(entry.Name);
            try
            {
                _objects.Write(w, entry.Value);
            }
            catch (Exception) when (w.Path.Note(entry.Name))
            {
                throw;
            }
        }

        w.WholeDepth--;
        _callbacks?.Serialized(value);
    }

    public override object Read(ReadContext r, int id)
    {
        object value = RuntimeHelpers.GetUninitializedObject(Type);
        r.Register(id, value);
        _callbacks?.Deserializing(value);
        var info = new SerializationInfo(Type, new FormatterConverter());
        for (int left = r.ReadElementCount(); left > 0; left--)
        {
            string name = r.ReadString() ?? throw new CorruptValueException("a member without a name");
            object? member = _objects.Read(r);
            info.AddValue(name, member, member?.GetType() ?? typeof(object));
        }

        _constructor.Invoke(value, BindingFlags.DoNotWrapExceptions, null, [info, default(StreamingContext)], null);
        if (_callbacks is { } callbacks)
        {
            r.WhenComplete(() => callbacks.Deserialized(value));
        }

        return value;
    }
}
