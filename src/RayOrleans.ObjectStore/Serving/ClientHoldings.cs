namespace RayOrleans.ObjectStore;

/// <summary>What one client holds at the server: pins, objects it writes, and requests that wait. Thread-safe.</summary>
internal sealed class ClientHoldings
{
    private const int MostWaiting = 1 << 16;
    private const int MostUnsealed = 1 << 14;

    private readonly Lock _gate = new();
    private readonly List<StoreBlock?> _pins = [];
    private readonly Stack<int> _freePins = [];
    private readonly Dictionary<uint, UnsealedObject> _unsealed = [];
    private readonly Dictionary<uint, object> _waiting = [];
    private uint _lastUnsealed;
    private bool _isClosed;

    public int PinCount
    {
        get
        {
            lock (_gate)
                return _pins.Count - _freePins.Count;
        }
    }

    /// <summary>Enters a block that was pinned for this client; null when the client is gone and the pin remains the caller's.</summary>
    public uint? AddPin(StoreBlock block)
    {
        lock (_gate)
        {
            if (_isClosed)
                return null;
            if (!_freePins.TryPop(out int slot))
            {
                slot = _pins.Count;
                _pins.Add(null);
            }

            _pins[slot] = block;
            return (uint)slot;
        }
    }

    /// <summary>Takes a pin out, to be released.</summary>
    /// <exception cref="StoreProtocolException">There is no such pin.</exception>
    public StoreBlock TakePin(uint number)
    {
        lock (_gate)
        {
            if (number >= (uint)_pins.Count || _pins[(int)number] is not { } block)
                throw new StoreProtocolException($"Pin {number} was released, but there is none of that number.");
            _pins[(int)number] = null;
            _freePins.Push((int)number);
            return block;
        }
    }

    /// <summary>Enters an object that the client writes; null when the client is gone.</summary>
    public uint? AddUnsealed(UnsealedObject unsealed)
    {
        lock (_gate)
        {
            if (_isClosed)
                return null;
            do
            {
                _lastUnsealed++;
            }
            while (!_unsealed.TryAdd(_lastUnsealed, unsealed));
            return _lastUnsealed;
        }
    }

    /// <exception cref="StoreProtocolException">There is no such object.</exception>
    public UnsealedObject TakeUnsealed(uint number)
    {
        lock (_gate)
        {
            return _unsealed.Remove(number, out UnsealedObject? unsealed)
                ? unsealed
                : throw new StoreProtocolException($"Object {number} was sealed or aborted, but none of that number is being written.");
        }
    }

    /// <summary>Enters a request that waits: a <see cref="GetWait"/>, a <see cref="RestoreWait"/>, or the source of a token that ends the wait for room.</summary>
    /// <exception cref="StoreProtocolException">There is one of that number, or there are too many.</exception>
    public void AddWaiting(uint request, object waiting)
    {
        lock (_gate)
        {
            if (_waiting.Count >= MostWaiting || _unsealed.Count >= MostUnsealed)
                throw new StoreProtocolException($"{_waiting.Count} requests wait and {_unsealed.Count} objects are being written; {MostWaiting} and {MostUnsealed} are allowed.");
            if (!_waiting.TryAdd(request, waiting))
                throw new StoreProtocolException($"Request {request} was sent again before it was answered.");
        }
    }

    /// <summary>A request that is entered waits for something else now; false when the client is gone.</summary>
    public bool TryChangeWaiting(uint request, object waiting)
    {
        lock (_gate)
        {
            if (_isClosed)
                return false;
            _waiting[request] = waiting;
            return true;
        }
    }

    /// <summary>The request of a number, if it waits.</summary>
    public object? FindWaiting(uint request)
    {
        lock (_gate)
            return _waiting.GetValueOrDefault(request);
    }

    public void RemoveWaiting(uint request)
    {
        lock (_gate)
            _waiting.Remove(request);
    }

    /// <summary>Nothing is entered from now on. Returns what waits and what is being written, which stays held.</summary>
    public (object[] Waiting, UnsealedObject[] Unsealed) Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            return ([.. _waiting.Values], [.. _unsealed.Values]);
        }
    }

    /// <summary>The client can reach no memory any more: gives up its blocks and pins.</summary>
    /// <remarks>Its pins count as found by the collector: a process that goes on without its connection may have left them so, and could not say it any more.</remarks>
    public void Free()
    {
        StoreBlock?[] pins;
        UnsealedObject[] unsealed;
        lock (_gate)
        {
            (pins, unsealed) = ([.. _pins], [.. _unsealed.Values]);
            _pins.Clear();
            _freePins.Clear();
            _unsealed.Clear();
        }

        foreach (UnsealedObject written in unsealed)
            written.Block.Delete();
        foreach (StoreBlock? block in pins)
            block?.Release(finalizing: true);
    }
}
