namespace RayOrleans.ObjectStore;

/// <summary>Where an object's bytes may go when they are read back.</summary>
internal enum RestoreKind : byte
{
    /// <summary>Into the arena, or, where there is no room for a while, a mapping of the file.</summary>
    Anywhere,

    /// <summary>As <see cref="Anywhere"/>, but no room is taken from others.</summary>
    WhereFree,

    /// <summary>Into the arena only, waiting for room as creators do.</summary>
    Arena,
}
