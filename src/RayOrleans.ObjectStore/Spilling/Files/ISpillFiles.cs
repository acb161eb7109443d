namespace RayOrleans.ObjectStore;

/// <summary>What spilling needs of a file system. Every member may throw <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>. Thread-safe.</summary>
internal interface ISpillFiles
{
    /// <summary>Makes the store's own folder in a directory, after sweeping those of dead owners.</summary>
    ISpillFolder Open(string directory);

    /// <summary>Removes what dead owners left in a directory; nothing if it does not exist. Returns how many folders that were.</summary>
    int Sweep(string directory);
}
