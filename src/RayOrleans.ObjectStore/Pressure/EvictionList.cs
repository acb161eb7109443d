namespace RayOrleans.ObjectStore;

/// <summary>Evictable blocks, least recently used first. Thread-safe; never calls out while locked.</summary>
internal sealed class EvictionList
{
    private readonly Lock _gate = new();
    private EvictionEntry? _oldest;
    private EvictionEntry? _newest;
    private int _count;
    private long _bytes;

    /// <summary>Bytes of the blocks in the list, pinned ones included.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    public void Add(EvictionEntry entry)
    {
        lock (_gate)
        {
            if (!entry.IsRemoved)
                Append_NeedsLock(entry);
        }
    }

    public void Remove(EvictionEntry entry)
    {
        lock (_gate)
        {
            entry.IsRemoved = true;
            Unlink_NeedsLock(entry);
        }
    }

    public void Touch(EvictionEntry entry)
    {
        lock (_gate)
        {
            if (!entry.IsListed || _newest == entry)
                return;
            Unlink_NeedsLock(entry);
            Append_NeedsLock(entry);
        }
    }

    /// <summary>Deletes unpinned blocks until they make up <paramref name="bytes"/>, and returns them; the caller frees their memory.</summary>
    public List<EvictionEntry> Take(long bytes)
    {
        List<EvictionEntry> taken = [];
        lock (_gate)
        {
            EvictionEntry? next = _oldest;
            while (next is { } entry && bytes > 0)
            {
                next = entry.Newer;
                if (!entry.Block.TryEvict())
                    continue;
                entry.IsRemoved = true;
                Unlink_NeedsLock(entry);
                taken.Add(entry);
                bytes -= entry.Block.AllocatedLength;
            }
        }

        return taken;
    }

    private void Append_NeedsLock(EvictionEntry entry)
    {
        entry.Older = _newest;
        entry.Newer = null;
        if (_newest is null)
            _oldest = entry;
        else
            _newest.Newer = entry;
        _newest = entry;
        entry.IsListed = true;
        _count++;
        Volatile.Write(ref _bytes, _bytes + entry.Block.AllocatedLength);
    }

    private void Unlink_NeedsLock(EvictionEntry entry)
    {
        if (!entry.IsListed)
            return;
        if (entry.Older is null)
            _oldest = entry.Newer;
        else
            entry.Older.Newer = entry.Newer;
        if (entry.Newer is null)
            _newest = entry.Older;
        else
            entry.Newer.Older = entry.Older;
        entry.Older = entry.Newer = null;
        entry.IsListed = false;
        _count--;
        Volatile.Write(ref _bytes, _bytes - entry.Block.AllocatedLength);
    }
}
