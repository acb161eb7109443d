using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>An argument's copy as of the submission.</summary>
internal sealed class PackedArgument(byte[] bytes, ObjectEntry[]? contained)
{
    public byte[] Bytes { get; } = bytes;

    public ObjectEntry[]? Contained { get; } = contained;
}
