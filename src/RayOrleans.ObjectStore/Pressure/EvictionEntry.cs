namespace RayOrleans.ObjectStore;

/// <summary>A block's place in the <see cref="EvictionList"/>; the links belong to the list's lock.</summary>
internal sealed class EvictionEntry(StoreBlock block, Action<StoreBlock> evicted)
{
    public StoreBlock Block { get; } = block;

    public Action<StoreBlock> Evicted { get; } = evicted;

    public EvictionEntry? Older { get; set; }

    public EvictionEntry? Newer { get; set; }

    public bool IsListed { get; set; }

    /// <summary>Set once and for all; an entry removed before it was added is never added.</summary>
    public bool IsRemoved { get; set; }
}
