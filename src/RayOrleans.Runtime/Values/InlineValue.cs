namespace RayOrleans.Runtime;

/// <summary>A small value as serialised bytes in the node's own memory.</summary>
internal sealed class InlineValue(byte[] bytes) : StoredValue
{
    public byte[] Bytes { get; } = bytes;
}
