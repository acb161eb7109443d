namespace RayOrleans.ObjectStore;

/// <summary>
/// Objects that are in memory only, oldest first. Those used since the list was last gone through get a second chance, which comes near the order of last use
/// without a lock per use. Thread-safe; lock order: list, object.
/// </summary>
internal sealed class SpillCandidates
{
    private readonly Lock _gate = new();
    private StoredObject? _oldest;
    private StoredObject? _newest;
    private int _count;
    private long _bytes;

    public long Bytes => Volatile.Read(ref _bytes);

    public void Add(StoredObject item)
    {
        lock (_gate)
        {
            if (!item.IsUnlisted && !item.IsListed)
                Append_NeedsLock(item);
        }
    }

    public void Remove(StoredObject item)
    {
        lock (_gate)
        {
            item.IsUnlisted = true;
            Unlink_NeedsLock(item);
        }
    }

    /// <summary>Takes objects that nobody reads for one file: a large one, or as many small ones as there are and fit.</summary>
    public List<(StoredObject Object, StorePin Pin)> Take(SpillPolicy policy)
    {
        List<(StoredObject Object, StorePin Pin)> taken = [];
        long sum = 0;
        lock (_gate)
        {
            StoredObject? next = _oldest;
            for (int left = 2 * _count; left > 0 && next is not null && sum < policy.FileBytes; left--)
            {
                StoredObject item = next;
                next = item.Newer ?? _oldest;
                bool isLarge = policy.IsLarge(item.Length);
                if (taken.Count > 0 && (isLarge || sum + item.Length > policy.FileBytes))
                    continue;
                if (item.TakeUse() || item.TryBeginSpill() is not { } pin)
                {
                    MoveToNewest_NeedsLock(item);
                    continue;
                }

                Unlink_NeedsLock(item);
                next = next == item ? _oldest : next;
                taken.Add((item, pin));
                sum += item.Length;
                if (isLarge)
                    break;
            }
        }

        return taken;
    }

    private void MoveToNewest_NeedsLock(StoredObject item)
    {
        if (_newest == item)
            return;
        Unlink_NeedsLock(item);
        Append_NeedsLock(item);
    }

    private void Append_NeedsLock(StoredObject item)
    {
        item.Older = _newest;
        item.Newer = null;
        if (_newest is null)
            _oldest = item;
        else
            _newest.Newer = item;
        _newest = item;
        item.IsListed = true;
        _count++;
        Volatile.Write(ref _bytes, _bytes + item.AllocatedLength);
    }

    private void Unlink_NeedsLock(StoredObject item)
    {
        if (!item.IsListed)
            return;
        if (item.Older is null)
            _oldest = item.Newer;
        else
            item.Older.Newer = item.Newer;
        if (item.Newer is null)
            _newest = item.Older;
        else
            item.Newer.Older = item.Older;
        item.Older = item.Newer = null;
        item.IsListed = false;
        _count--;
        Volatile.Write(ref _bytes, _bytes - item.AllocatedLength);
    }
}
