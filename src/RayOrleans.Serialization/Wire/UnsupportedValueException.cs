namespace RayOrleans.Serialization.Wire;

/// <summary>A value of a type that cannot travel was met; turned into a <see cref="RaySerializationException"/> at the top.</summary>
internal sealed class UnsupportedValueException(Type type, string hint) : Exception(hint)
{
    public Type Type { get; } = type;
}
