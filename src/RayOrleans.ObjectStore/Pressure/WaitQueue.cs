namespace RayOrleans.ObjectStore;

/// <summary>
/// Requests waiting for room, in order of arrival. The oldest goes first; younger ones, and new requests that would fit at once, may overtake it
/// up to a number of bytes in total, so that small results (which may be what it waits for) flow on and it still cannot starve. Thread-safe.
/// </summary>
internal sealed class WaitQueue(long overtakeBytes)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Add(Waiter waiter)
    {
        lock (_gate)
        {
            waiter.Place = _waiters.AddLast(waiter);
            Volatile.Write(ref _count, _waiters.Count);
        }
    }

    /// <summary>Takes a waiter out; false when it is not waiting any more. Whoever gets true completes it.</summary>
    public bool TryRemove(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Place is not { } place)
                return false;
            waiter.Place = null;
            _waiters.Remove(place);
            Volatile.Write(ref _count, _waiters.Count);
            return true;
        }
    }

    /// <summary>The oldest waiter, then those that may overtake it now, in order.</summary>
    public List<Waiter> Candidates()
    {
        List<Waiter> candidates = [];
        lock (_gate)
        {
            if (_waiters.First is not { } first)
                return candidates;
            candidates.Add(first.Value);
            long left = overtakeBytes - first.Value.OvertakenBytes;
            for (LinkedListNode<Waiter>? next = first.Next; next is not null && left > 0; next = next.Next)
            {
                if (next.Value.AllocatedLength < first.Value.AllocatedLength && next.Value.AllocatedLength <= left)
                    candidates.Add(next.Value);
            }
        }

        return candidates;
    }

    /// <summary>Whether a request of this size may be served although others wait; if so it is charged to the oldest.</summary>
    public bool TryOvertake(long allocatedLength, out Waiter? charged)
    {
        lock (_gate)
        {
            charged = null;
            if (_waiters.First is not { Value: var oldest })
                return true;
            if (allocatedLength >= oldest.AllocatedLength || oldest.OvertakenBytes + allocatedLength > overtakeBytes)
                return false;
            oldest.OvertakenBytes += allocatedLength;
            charged = oldest;
            return true;
        }
    }

    /// <summary>The overtaking came to nothing.</summary>
    public void Refund(Waiter charged, long allocatedLength)
    {
        lock (_gate)
            charged.OvertakenBytes -= allocatedLength;
    }
}
