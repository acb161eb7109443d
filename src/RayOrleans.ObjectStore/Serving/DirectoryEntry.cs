namespace RayOrleans.ObjectStore;

/// <summary>One object of the <see cref="ObjectDirectory"/>. Everything but the key belongs to its shard's lock.</summary>
internal sealed class DirectoryEntry(StoreKey key)
{
    public StoreKey Key { get; } = key;

    public EntryState State { get; set; }

    /// <summary>The bytes, if they are inline, or the <see cref="StoredObject"/>.</summary>
    public object? Content { get; set; }

    /// <summary>Bytes between the block's start and the object's.</summary>
    public int Padding { get; set; }

    public long Length { get; set; }

    /// <summary>Whether the content belongs to somebody else in the server's process, who says when it is no longer to be had here.</summary>
    public bool IsLent { get; set; }

    public GetWait? FirstWait { get; set; }
}
