namespace RayOrleans.ObjectStore;

/// <summary>One contiguous run of the arena, free or in use. Neighbours and free-list links are indexes into the <see cref="RunTable"/>.</summary>
internal struct RunNode
{
    public long Offset;
    public long Length;
    public int Previous;
    public int Next;
    public int PreviousFree;
    public int NextFree;
    public RunState State;

    public readonly long End => Offset + Length;
}
