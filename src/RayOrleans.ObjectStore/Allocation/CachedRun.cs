namespace RayOrleans.ObjectStore;

/// <summary>A taken run and where it lies, so that reusing it needs no look into the run table.</summary>
internal readonly record struct CachedRun(int Run, long Offset);
