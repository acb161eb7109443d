namespace RayOrleans.ObjectStore;

/// <summary>Where the bytes of a <see cref="StoredObject"/> are.</summary>
public enum StoredObjectState
{
    /// <summary>In the arena only.</summary>
    InMemory,

    /// <summary>In the arena, and being written to disk.</summary>
    Spilling,

    /// <summary>In the arena and on disk: its memory can be taken without writing.</summary>
    InBoth,

    /// <summary>On disk only.</summary>
    Spilled,

    /// <summary>On disk, and being read back.</summary>
    Restoring,

    /// <summary>The bytes on disk were damaged and no others are left.</summary>
    Damaged,

    /// <summary>Deleted; pins may still keep its memory.</summary>
    Deleted,
}
