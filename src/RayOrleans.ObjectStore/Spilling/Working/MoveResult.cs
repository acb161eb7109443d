namespace RayOrleans.ObjectStore;

/// <summary>How the moving of a record to another file ended.</summary>
internal enum MoveResult
{
    /// <summary>It is not in its file any more.</summary>
    Moved,

    /// <summary>No directory takes it now.</summary>
    NoRoom,

    /// <summary>It cannot be read.</summary>
    Damaged,
}
