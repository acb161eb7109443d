namespace RayOrleans.ObjectStore;

/// <summary>
/// Where a client wrote its last large objects. It has mapped those pages, so it is given them again when they are free: the first write of a process to a page
/// costs many times the copy. Thread-safe.
/// </summary>
internal sealed class WrittenPlaces
{
    private const int Kept = 4;

    /// <summary>Below, there is little to be gained.</summary>
    private const long FromBytes = UsedPieces.PieceBytes;

    private readonly Lock _gate = new();
    private long[] _offsets = [];

    /// <summary>The places for an object of this length, the last one first.</summary>
    public ReadOnlySpan<long> For(long length) => length < FromBytes ? [] : Volatile.Read(ref _offsets);

    public void Add(StoreBlock block)
    {
        if (block.AllocatedLength < FromBytes || block.Mapping is not null)
            return;
        lock (_gate)
        {
            if (_offsets is not [var last, ..] || last != block.Offset)
                Volatile.Write(ref _offsets, [block.Offset, .. _offsets.Where(o => o != block.Offset).Take(Kept - 1)]);
        }
    }
}
