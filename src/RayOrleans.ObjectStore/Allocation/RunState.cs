namespace RayOrleans.ObjectStore;

/// <summary>Where a run is accounted: handed out, or in which of the two sets of free lists.</summary>
internal enum RunState : byte
{
    Unused,
    Taken,
    FreeLow,
    FreeHigh,
}
