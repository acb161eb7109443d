namespace RayOrleans.ObjectStore;

/// <summary>
/// A sealed object: inline bytes, or a part of a kept block. Where that is in memory it has one pin more for whoever was given this; where it is on disk it is
/// <see cref="Spilled"/>.
/// </summary>
internal readonly record struct Found(object? Content, StoreBlock? Block, int Padding, long Length)
{
    public byte[]? Bytes => Content as byte[];

    /// <summary>The object, if it must be read back before it can be pinned.</summary>
    public StoredObject? Spilled => Block is null ? Content as StoredObject : null;

    /// <summary>Takes the pin back.</summary>
    public void Release() => Block?.Release(finalizing: false);
}
