namespace RayOrleans.Core;

/// <summary>
/// The effects of the commands since it was last emptied, in the order decided under the lock.
/// </summary>
internal sealed class Outbox
{
    private Effect[] _items = new Effect[16];

    public int Count { get; private set; }

    public void Add(EffectKind kind, object subject, object? extra = null)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        _items[Count++] = new Effect(kind, subject, extra);
    }

    /// <summary>A value that nobody will read.</summary>
    public void Discard(object? value)
    {
        if (value is IOwnedValue)
        {
            Add(EffectKind.Discard, value);
        }
    }

    /// <summary>All values of an outcome that does not count.</summary>
    public void Discard(in Outcome outcome)
    {
        Discard(outcome.Value);
        foreach (PartValue part in outcome.Parts ?? [])
        {
            Discard(part.Value);
        }

        foreach (NestedValue nested in outcome.Nested ?? [])
        {
            Discard(nested.Value);
        }
    }

    /// <summary>Moves all effects into the buffer, growing it as needed.</summary>
    public int MoveTo(ref Effect[] buffer)
    {
        int count = Count;
        if (buffer.Length < count)
        {
            buffer = new Effect[_items.Length];
        }

        Array.Copy(_items, buffer, count);
        Array.Clear(_items, 0, count);
        Count = 0;
        return count;
    }
}
