using System.Collections;

namespace RayOrleans;

/// <summary>What a listing found: at most as many records as asked for, and how many there are. Immutable.</summary>
/// <typeparam name="T">The kind of record.</typeparam>
public sealed class StateList<T> : IReadOnlyList<T>
{
    private readonly IReadOnlyList<T> _items;

    /// <summary>Makes a list.</summary>
    /// <param name="items">The records.</param>
    /// <param name="total">How many matched.</param>
    /// <param name="isPartial">Whether a source of records did not answer or kept only the newest.</param>
    /// <param name="unanswered">The nodes that did not answer in time; null: all did.</param>
    /// <param name="dropped">How many records there were that are kept no longer, or were only counted.</param>
    public StateList(IReadOnlyList<T> items, int total, bool isPartial = false, IReadOnlyList<NodeId>? unanswered = null, long dropped = 0)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentOutOfRangeException.ThrowIfLessThan(total, items.Count);
        _items = items;
        Total = total;
        IsPartial = isPartial;
        Unanswered = unanswered ?? [];
        Dropped = dropped;
    }

    /// <summary>The nodes that did not answer in time: what only they know is missing.</summary>
    public IReadOnlyList<NodeId> Unanswered { get; }

    /// <summary>How many records of what has ended, matching or not, are kept no longer or were only counted.</summary>
    public long Dropped { get; }

    /// <summary>How many records matched, including those beyond the limit.</summary>
    public int Total { get; }

    /// <summary>Whether there are more matching records than are listed.</summary>
    public bool Truncated => Total > _items.Count;

    /// <summary>Whether a source of records did not answer or kept only the newest, so that records may be missing.</summary>
    public bool IsPartial { get; }

    /// <summary>The number of listed records.</summary>
    public int Count => _items.Count;

    /// <summary>One record.</summary>
    /// <param name="index">Its position, from 0.</param>
    public T this[int index] => _items[index];

    /// <summary>Enumerates the listed records.</summary>
    public IEnumerator<T> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
