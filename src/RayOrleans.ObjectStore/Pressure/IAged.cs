namespace RayOrleans.ObjectStore;

/// <summary>What an <see cref="AgeList{T}"/> keeps in its items; it belongs to the lock of whoever has the list.</summary>
internal interface IAged<T>
    where T : class, IAged<T>
{
    T? Older { get; set; }

    T? Newer { get; set; }

    bool IsListed { get; set; }

    /// <summary>Set once and for all; an item removed before it was added is never added.</summary>
    bool IsRemoved { get; set; }

    long AllocatedLength { get; }
}
