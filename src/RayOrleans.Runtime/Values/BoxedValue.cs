namespace RayOrleans.Runtime;

/// <summary>
/// An immutable value that came from another node, as serialised bytes that name its type: the node that keeps it need not have the code. It was written as
/// an object, because the entry that it comes from does not know its static type.
/// </summary>
internal sealed class BoxedValue(byte[] bytes) : StoredValue
{
    public byte[] Bytes { get; } = bytes;
}
