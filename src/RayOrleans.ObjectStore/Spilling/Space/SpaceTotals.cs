namespace RayOrleans.ObjectStore;

/// <summary>What lies on the disks.</summary>
internal readonly record struct SpaceTotals(long LiveBytes, long LiveObjects, long FileBytes, int Files);
