namespace RayOrleans.ObjectStore;

/// <summary>A block's place in the <see cref="EvictionList"/>.</summary>
internal sealed class EvictionEntry(StoreBlock block, Action<StoreBlock> evicted) : IAged<EvictionEntry>
{
    public StoreBlock Block { get; } = block;

    public Action<StoreBlock> Evicted { get; } = evicted;

    public EvictionEntry? Older { get; set; }

    public EvictionEntry? Newer { get; set; }

    public bool IsListed { get; set; }

    public bool IsRemoved { get; set; }

    public long AllocatedLength => Block.AllocatedLength;
}
