namespace RayOrleans.ObjectStore;

/// <summary>Where an object of the directory is in its life.</summary>
internal enum EntryState : byte
{
    /// <summary>Somebody waits for it; nobody has made it.</summary>
    Absent,

    /// <summary>Its creator writes it.</summary>
    Unsealed,

    Sealed,

    /// <summary>Out of the directory, for good.</summary>
    Gone,
}
