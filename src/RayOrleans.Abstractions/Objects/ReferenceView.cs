using System.Collections;

namespace RayOrleans;

/// <summary>References as an immutable list that others may share: a part of an array that nobody changes any more.</summary>
internal interface IReferenceView
{
    /// <summary>The references.</summary>
    ReadOnlySpan<ObjectRef> References { get; }
}

/// <summary>
/// An immutable list of references over a part of a shared array. Waiting in a loop over what is not ready cuts the list shorter
/// each time; a cut at the front costs nothing here.
/// </summary>
/// <typeparam name="TRef">The type of the references.</typeparam>
internal sealed class ReferenceView<TRef> : IReadOnlyList<TRef>, ICollection<TRef>, IReferenceView
    where TRef : ObjectRef
{
    private readonly TRef[] _references;
    private readonly int _start;

    private ReferenceView(TRef[] references, int start, int count)
    {
        _references = references;
        _start = start;
        Count = count;
    }

    public static ReferenceView<TRef> Empty { get; } = new([], 0, 0);

    public int Count { get; }

    public bool IsReadOnly => true;

    public ReadOnlySpan<ObjectRef> References => new(_references, _start, Count);

    public TRef this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return _references[_start + index];
        }
    }

    /// <summary>The list itself where it is immutable already, else a copy.</summary>
    /// <exception cref="ArgumentNullException">The list or a reference in it is null.</exception>
    public static ReferenceView<TRef> Of(IEnumerable<TRef> references)
    {
        ArgumentNullException.ThrowIfNull(references);
        if (references is ReferenceView<TRef> view)
        {
            return view;
        }

        // An array of a derived type is copied element by element: the view hands out spans of exactly TRef.
        TRef[] copy = [.. references];
        for (int i = 0; i < copy.Length; i++)
        {
            if (copy[i] is null)
            {
                throw new ArgumentNullException(nameof(references), $"The reference at position {i} is null.");
            }
        }

        return new ReferenceView<TRef>(copy, 0, copy.Length);
    }

    /// <summary>Splits the list into the elements at ascending positions and the rest, both in order.</summary>
    public (ReferenceView<TRef> Chosen, ReferenceView<TRef> Others) Split(IReadOnlyList<int> positions)
    {
        int count = positions.Count;
        if (count == 0)
        {
            return (Empty, this);
        }

        if (count == Count)
        {
            return (this, Empty);
        }

        // Ascending and distinct, so a last position of count - 1 means a prefix.
        if (positions[count - 1] == count - 1)
        {
            return (Part(0, count), Part(count, Count - count));
        }

        return Partition(positions);
    }

    public bool Contains(TRef item) => Array.IndexOf(_references, item, _start, Count) >= 0;

    public void CopyTo(TRef[] array, int arrayIndex) => Array.Copy(_references, _start, array, arrayIndex, Count);

    public IEnumerator<TRef> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return _references[_start + i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void ICollection<TRef>.Add(TRef item) => throw ReadOnly();

    void ICollection<TRef>.Clear() => throw ReadOnly();

    bool ICollection<TRef>.Remove(TRef item) => throw ReadOnly();

    private static NotSupportedException ReadOnly() => new("The list of references is read-only.");

    private ReferenceView<TRef> Part(int start, int count) => new(_references, _start + start, count);

    private (ReferenceView<TRef> Chosen, ReferenceView<TRef> Others) Partition(IReadOnlyList<int> positions)
    {
        TRef[] chosen = new TRef[positions.Count];
        TRef[] rest = new TRef[Count - chosen.Length];
        int from = 0;
        int filled = 0;
        for (int i = 0; i < chosen.Length; i++)
        {
            int position = positions[i];
            chosen[i] = _references[_start + position];
            Array.Copy(_references, _start + from, rest, filled, position - from);
            filled += position - from;
            from = position + 1;
        }

        Array.Copy(_references, _start + from, rest, filled, Count - from);
        return (new(chosen, 0, chosen.Length), new(rest, 0, rest.Length));
    }
}
