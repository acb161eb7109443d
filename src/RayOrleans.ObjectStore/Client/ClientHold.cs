namespace RayOrleans.ObjectStore;

/// <summary>Something in the arena that the server keeps for this client: a pin, or an unsealed object. It ends once, by <see cref="TryEnd"/> or the collector.</summary>
internal abstract unsafe class ClientHold : IPinnedBytes
{
    private readonly byte* _start;
    private int _isEnded;

    protected ClientHold(ClientLink link, uint number, byte* start, long length)
    {
        Link = link;
        Number = number;
        _start = start;
        Length = length;
    }

    ~ClientHold()
    {
        if (TryEnd())
            Link.OnCollected(this);
    }

    public uint Number { get; }

    public byte* Start
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsReleased, this);
            return _start;
        }
    }

    public long Length { get; }

    public bool IsReleased => Volatile.Read(ref _isEnded) != 0;

    /// <summary>The next in the link's list of collected ones.</summary>
    public ClientHold? NextCollected { get; set; }

    protected ClientLink Link { get; }

    /// <summary>Makes the caller the one who gives it back; false when it was given back already.</summary>
    public bool TryEnd()
    {
        if (Interlocked.Exchange(ref _isEnded, 1) != 0)
            return false;
        GC.SuppressFinalize(this);
        return true;
    }

    /// <summary>Gives it back to the server; the caller has ended it.</summary>
    public abstract void GiveBack(bool collected);
}
