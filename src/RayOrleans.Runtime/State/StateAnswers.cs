namespace RayOrleans.Runtime;

/// <summary>Answers other nodes' questions what this node is doing. A listing that takes several parts is kept until the last was asked for; the oldest give way. Thread-safe.</summary>
internal sealed class StateAnswers(NodeState state)
{
    private const int Kept = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, byte[]> _listings = [];
    private readonly Queue<long> _order = new();
    private long _last;

    public byte[] Answer(ReadOnlyMemory<byte> request)
    {
        (StateKind kind, long listing, int offset) = StateWire.DecodeRequest(request);
        byte[]? whole = null;
        if (offset > 0)
        {
            lock (_lock)
            {
                if (!_listings.TryGetValue(listing, out whole))
                {
                    // Others have asked meanwhile: the asker begins anew.
                    return StateWire.EncodePart(0, [], 0);
                }
            }
        }

        whole ??= state.List(kind);
        if (whole.Length > StateWire.PartBytes)
        {
            lock (_lock)
            {
                listing = offset > 0 ? listing : ++_last;
                if (_listings.TryAdd(listing, whole))
                {
                    _order.Enqueue(listing);
                }

                while (_order.Count > Kept)
                {
                    _listings.Remove(_order.Dequeue());
                }
            }
        }

        return StateWire.EncodePart(listing, whole, offset);
    }
}
