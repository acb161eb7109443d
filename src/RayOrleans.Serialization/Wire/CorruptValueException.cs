namespace RayOrleans.Serialization.Wire;

/// <summary>The bytes are not a value that this serialiser wrote; turned into a <see cref="RaySerializationException"/> at the top.</summary>
internal sealed class CorruptValueException(string message) : Exception(message);
