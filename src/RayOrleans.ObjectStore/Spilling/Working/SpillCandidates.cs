namespace RayOrleans.ObjectStore;

/// <summary>
/// Objects that are in memory only, oldest first. Those used since the list was last gone through get a second chance, which comes near the order of last use
/// without a lock per use. Thread-safe; lock order: list, object.
/// </summary>
internal sealed class SpillCandidates
{
    private readonly Lock _gate = new();
    private readonly AgeList<StoredObject> _objects = new();

    public long Bytes => _objects.Bytes;

    public void Add(StoredObject item)
    {
        lock (_gate)
            _objects.Add(item);
    }

    public void Remove(StoredObject item)
    {
        lock (_gate)
            _objects.Remove(item);
    }

    /// <summary>Takes objects that nobody reads for one file: a large one, or as many small ones as there are and fit.</summary>
    public List<(StoredObject Object, StorePin Pin)> Take(SpillPolicy policy)
    {
        List<(StoredObject Object, StorePin Pin)> taken = [];
        long sum = 0;
        lock (_gate)
        {
            StoredObject? next = _objects.Oldest;
            for (int left = 2 * _objects.Count; left > 0 && next is not null && sum < policy.FileBytes; left--)
            {
                StoredObject item = next;
                next = ((IAged<StoredObject>)item).Newer ?? _objects.Oldest;
                bool isLarge = policy.IsLarge(item.Length);
                if (taken.Count > 0 && (isLarge || sum + item.Length > policy.FileBytes))
                    continue;
                if (item.TakeUse() || item.TryBeginSpill() is not { } pin)
                {
                    _objects.Touch(item);
                    continue;
                }

                _objects.TakeOut(item);
                next = next == item ? _objects.Oldest : next;
                taken.Add((item, pin));
                sum += item.Length;
                if (isLarge)
                    break;
            }
        }

        return taken;
    }
}
