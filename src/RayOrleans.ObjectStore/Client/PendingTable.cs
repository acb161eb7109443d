namespace RayOrleans.ObjectStore;

/// <summary>
/// The requests on their way, by slot. Slots are made in groups and never go; free ones form a lock-free stack whose head carries a count of changes, so
/// that a slot taken and put back between a look and an exchange is noticed. Thread-safe.
/// </summary>
internal sealed class PendingTable
{
    public const int SlotBits = 16;
    private const int GroupBits = 8;
    private const int GroupSize = 1 << GroupBits;

    private readonly PendingRequest[]?[] _groups = new PendingRequest[]?[1 << (SlotBits - GroupBits)];
    private readonly Lock _growth = new();
    private int _groupCount;
    private long _free;
    private int _count;

    /// <summary>Requests that were sent and have no answer yet.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes a slot for a request.</summary>
    /// <exception cref="InvalidOperationException">There are none left.</exception>
    public PendingRequest Begin(FrameKind kind, StoreKey key, AnswerTaker taker)
    {
        PendingRequest? request;
        while ((request = TryPop()) is null)
            Grow();
        // Before the slot shows as sent: whoever answers it takes one off.
        Interlocked.Increment(ref _count);
        request.Begin(kind, key, taker);
        return request;
    }

    /// <summary>Answers a request; false when there is no such one.</summary>
    public bool TryAnswer(PendingRequest request, Answer answer)
    {
        // Taken off first: an answered slot may be in use again before this goes on.
        Interlocked.Decrement(ref _count);
        if (request.TryAnswer(answer))
            return true;
        Interlocked.Increment(ref _count);
        return false;
    }

    /// <summary>The request that an answer is for.</summary>
    /// <exception cref="StoreProtocolException">There is none.</exception>
    public PendingRequest Find(uint number)
    {
        int slot = (int)(number & ((1 << SlotBits) - 1));
        return _groups[slot >> GroupBits]?[slot & (GroupSize - 1)] is { IsSent: true } request && request.Number == number
            ? request
            : throw new StoreProtocolException($"The store answers request {number}, which was not sent or is answered.");
    }

    /// <summary>Answers everything that was sent.</summary>
    public void AnswerAll(Answer answer)
    {
        for (int i = 0; i < Volatile.Read(ref _groupCount); i++)
        {
            foreach (PendingRequest request in _groups[i]!)
            {
                if (request.IsSent)
                    TryAnswer(request, answer);
            }
        }
    }

    public void Return(PendingRequest request) => Push(request, request);

    private static long Head(long before, int next) => ((before + (1L << 32)) & unchecked((long)0xFFFF_FFFF_0000_0000)) | (uint)next;

    private PendingRequest? TryPop()
    {
        while (true)
        {
            long head = Volatile.Read(ref _free);
            int first = (int)head;
            if (first == 0)
                return null;
            PendingRequest request = At(first - 1);
            if (Interlocked.CompareExchange(ref _free, Head(head, request.NextFree), head) == head)
                return request;
        }
    }

    private void Push(PendingRequest first, PendingRequest last)
    {
        while (true)
        {
            long head = Volatile.Read(ref _free);
            last.NextFree = (int)head;
            if (Interlocked.CompareExchange(ref _free, Head(head, first.Slot + 1), head) == head)
                return;
        }
    }

    private PendingRequest At(int slot) => _groups[slot >> GroupBits]![slot & (GroupSize - 1)];

    private void Grow()
    {
        lock (_growth)
        {
            if ((int)Volatile.Read(ref _free) != 0)
                return;
            if (_groupCount == _groups.Length)
                throw new InvalidOperationException($"{1 << SlotBits} requests to the object store are on their way, the most there can be: await some first.");
            PendingRequest[] group = [.. Enumerable.Range(_groupCount << GroupBits, GroupSize).Select(slot => new PendingRequest(this, slot))];
            for (int i = 0; i < GroupSize - 1; i++)
                group[i].NextFree = group[i + 1].Slot + 1;
            _groups[_groupCount] = group;
            Volatile.Write(ref _groupCount, _groupCount + 1);
            Push(group[0], group[^1]);
        }
    }
}
