namespace RayOrleans.ObjectStore;

/// <summary>An object to be written, with its bytes in memory.</summary>
internal readonly unsafe struct SpillItem(StoredObject target, byte* pointer, long length)
{
    public StoredObject Object { get; } = target;

    public byte* Pointer { get; } = pointer;

    public long Length { get; } = length;
}
