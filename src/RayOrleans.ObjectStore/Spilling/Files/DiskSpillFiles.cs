namespace RayOrleans.ObjectStore;

/// <summary>The real file system.</summary>
internal sealed class DiskSpillFiles : ISpillFiles
{
    public ISpillFolder Open(string directory) => DiskSpillFolder.Open(directory);

    public int Sweep(string directory) => DiskSpillFolder.Sweep(directory);
}
