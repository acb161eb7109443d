namespace RayOrleans.ObjectStore;

/// <summary>An object that a client writes: its entry, and its block, in which it starts at a page.</summary>
internal sealed record UnsealedObject(DirectoryEntry Entry, StoreBlock Block, int Padding)
{
    public long Offset => Block.Offset + Padding;
}
