using System.Reflection;
using System.Runtime.Serialization;

namespace RayOrleans.Serialization.Objects;

/// <summary>The serialisation callbacks that a class declares with the framework's attributes or <see cref="IDeserializationCallback"/>.</summary>
internal sealed class ObjectCallbacks
{
    private readonly MethodInfo[] _serializing;
    private readonly MethodInfo[] _serialized;
    private readonly MethodInfo[] _deserializing;
    private readonly MethodInfo[] _deserialized;

    private ObjectCallbacks(List<MethodInfo> methods)
    {
        _serializing = [.. methods.Where(m => m.IsDefined(typeof(OnSerializingAttribute), false))];
        _serialized = [.. methods.Where(m => m.IsDefined(typeof(OnSerializedAttribute), false))];
        _deserializing = [.. methods.Where(m => m.IsDefined(typeof(OnDeserializingAttribute), false))];
        _deserialized = [.. methods.Where(m => m.IsDefined(typeof(OnDeserializedAttribute), false))];
    }

    /// <summary>The callbacks of a class; null where it has none.</summary>
    public static ObjectCallbacks? Find(Type type)
    {
        var methods = new List<MethodInfo>();
        for (Type? t = type; t is not null && t != typeof(object); t = t.BaseType)
        {
            foreach (MethodInfo m in t.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (m.GetParameters() is [{ } only] && only.ParameterType == typeof(StreamingContext))
                {
                    methods.Insert(0, m);
                }
            }
        }

        var callbacks = new ObjectCallbacks(methods);
        return callbacks.IsEmpty && !typeof(IDeserializationCallback).IsAssignableFrom(type) ? null : callbacks;
    }

    private bool IsEmpty => _serializing.Length + _serialized.Length + _deserializing.Length + _deserialized.Length == 0;

    public void Serializing(object value) => Call(_serializing, value);

    public void Serialized(object value) => Call(_serialized, value);

    public void Deserializing(object value) => Call(_deserializing, value);

    public void Deserialized(object value)
    {
        Call(_deserialized, value);
        (value as IDeserializationCallback)?.OnDeserialization(null);
    }

    private static void Call(MethodInfo[] methods, object value)
    {
        foreach (MethodInfo method in methods)
        {
            method.Invoke(value, BindingFlags.DoNotWrapExceptions, null, [default(StreamingContext)], null);
        }
    }
}
