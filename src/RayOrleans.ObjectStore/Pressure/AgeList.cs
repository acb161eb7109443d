namespace RayOrleans.ObjectStore;

/// <summary>Items in the order in which they came or were used, without an allocation per item. Not thread-safe, but for <see cref="Count"/> and <see cref="Bytes"/>.</summary>
internal sealed class AgeList<T>
    where T : class, IAged<T>
{
    private int _count;
    private long _bytes;

    public T? Oldest { get; private set; }

    public T? Newest { get; private set; }

    public int Count => Volatile.Read(ref _count);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Adds an item as the newest; one that is there, or was removed for good, is not.</summary>
    public void Add(T item)
    {
        if (item.IsListed || item.IsRemoved)
            return;
        item.Older = Newest;
        item.Newer = null;
        if (Newest is null)
            Oldest = item;
        else
            Newest.Newer = item;
        Newest = item;
        item.IsListed = true;
        Volatile.Write(ref _count, _count + 1);
        Volatile.Write(ref _bytes, _bytes + item.AllocatedLength);
    }

    /// <summary>Takes an item out; it may be added again.</summary>
    public void TakeOut(T item)
    {
        if (!item.IsListed)
            return;
        if (item.Older is null)
            Oldest = item.Newer;
        else
            item.Older.Newer = item.Newer;
        if (item.Newer is null)
            Newest = item.Older;
        else
            item.Newer.Older = item.Older;
        item.Older = item.Newer = null;
        item.IsListed = false;
        Volatile.Write(ref _count, _count - 1);
        Volatile.Write(ref _bytes, _bytes - item.AllocatedLength);
    }

    /// <summary>Takes an item out for good.</summary>
    public void Remove(T item)
    {
        item.IsRemoved = true;
        TakeOut(item);
    }

    /// <summary>Makes an item that is there the newest.</summary>
    public void Touch(T item)
    {
        if (!item.IsListed || Newest == item)
            return;
        TakeOut(item);
        Add(item);
    }
}
