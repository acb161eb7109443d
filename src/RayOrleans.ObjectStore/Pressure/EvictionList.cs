namespace RayOrleans.ObjectStore;

/// <summary>Evictable blocks, least recently used first. Thread-safe; never calls out while locked.</summary>
internal sealed class EvictionList
{
    private readonly Lock _gate = new();
    private readonly AgeList<EvictionEntry> _entries = new();

    /// <summary>Bytes of the blocks in the list, pinned ones included.</summary>
    public long Bytes => _entries.Bytes;

    public bool IsEmpty => _entries.Count == 0;

    public void Add(EvictionEntry entry)
    {
        lock (_gate)
            _entries.Add(entry);
    }

    public void Remove(EvictionEntry entry)
    {
        lock (_gate)
            _entries.Remove(entry);
    }

    public void Touch(EvictionEntry entry)
    {
        lock (_gate)
            _entries.Touch(entry);
    }

    /// <summary>Deletes unpinned blocks until they make up <paramref name="bytes"/>, and returns them; the caller frees their memory.</summary>
    /// <param name="bytes">How much is wanted.</param>
    /// <param name="mustRest">Whether to take those whose memory has to rest first, or those whose memory is of use at once.</param>
    public List<EvictionEntry> Take(long bytes, bool mustRest)
    {
        List<EvictionEntry> taken = [];
        lock (_gate)
        {
            EvictionEntry? next = _entries.Oldest;
            while (next is { } entry && bytes > 0)
            {
                next = entry.Newer;
                if (entry.Block.MustRest != mustRest || !entry.Block.TryEvict())
                    continue;
                _entries.Remove(entry);
                taken.Add(entry);
                bytes -= entry.Block.AllocatedLength;
            }
        }

        return taken;
    }
}
