namespace RayOrleans.ObjectStore;

/// <summary>A sealed object: inline bytes, or a part of a block, which then has one pin more for whoever was given this.</summary>
internal readonly record struct Found(object? Content, int Padding, long Length)
{
    public byte[]? Bytes => Content as byte[];

    public StoreBlock? Block => Content as StoreBlock;

    /// <summary>Takes the pin back.</summary>
    public void Release() => Block?.Release(finalizing: false);
}
