namespace RayOrleans.Transfer;

/// <summary>
/// Who reads which large object: at most so many nodes at once, each over any number of connections. A place is given up with the reader's last
/// request, or when it has asked for nothing for a while. Thread-safe.
/// </summary>
internal sealed class ReaderSlots(TransferServerOptions options)
{
    /// <summary>How long a reader may pause between two requests before its place goes to another.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, List<Slot>> _slots = [];

    /// <summary>Objects of which somebody has a place.</summary>
    public int ObjectCount
    {
        get
        {
            lock (_gate)
                return _slots.Count;
        }
    }

    /// <summary>Whether a request may be served; if so, <see cref="Exit"/> follows.</summary>
    public bool TryEnter(ObjectKey key, long objectLength, uint reader)
    {
        if (objectLength <= options.SharedReadBytes)
            return true;
        lock (_gate)
        {
            if (Find(key, reader) is not { } slot)
            {
                Sweep();
                if (!_slots.TryGetValue(key, out List<Slot>? readers))
                    _slots.Add(key, readers = []);
                if (readers.Count >= options.MaxReadersPerObject)
                    return false;
                readers.Add(slot = new Slot(reader));
            }

            slot.Active++;
            return true;
        }
    }

    /// <summary>A request that was let in has been served, or its connection has ended.</summary>
    public void Exit(ObjectKey key, long objectLength, uint reader, bool isLast)
    {
        if (objectLength <= options.SharedReadBytes)
            return;
        lock (_gate)
        {
            Slot slot = Find(key, reader)!;
            slot.Active--;
            slot.IsLast |= isLast;
            slot.Since = options.TimeProvider.GetTimestamp();
            if (slot is { Active: 0, IsLast: true })
                Remove(key, slot);
        }
    }

    private Slot? Find(ObjectKey key, uint reader) => _slots.GetValueOrDefault(key)?.Find(slot => slot.Reader == reader);

    private void Sweep()
    {
        foreach ((ObjectKey key, List<Slot> readers) in _slots.ToArray())
        {
            foreach (Slot slot in readers.FindAll(slot => slot.Active == 0 && options.TimeProvider.GetElapsedTime(slot.Since) >= Rest))
                Remove(key, slot);
        }
    }

    private void Remove(ObjectKey key, Slot slot)
    {
        List<Slot> readers = _slots[key];
        readers.Remove(slot);
        if (readers.Count == 0)
            _slots.Remove(key);
    }

    private sealed class Slot(uint reader)
    {
        public uint Reader { get; } = reader;

        public int Active { get; set; }

        public bool IsLast { get; set; }

        public long Since { get; set; }
    }
}
