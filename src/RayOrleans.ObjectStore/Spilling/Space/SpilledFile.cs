namespace RayOrleans.ObjectStore;

/// <summary>A file with spilled objects, written once. Its counts belong to the space's lock.</summary>
internal sealed class SpilledFile(ISpillFolder folder, string name, int directory)
{
    public ISpillFolder Folder => folder;

    public string Name => name;

    public int Directory => directory;

    public long FileBytes { get; set; }

    public long LiveBytes { get; set; }

    /// <summary>The objects whose records live in it.</summary>
    public HashSet<StoredObject> Live { get; } = [];

    /// <summary>Who reads from it now, or maps it; it is deleted after them.</summary>
    public int Uses { get; set; }

    public bool IsDeleted { get; set; }

    public bool IsBeingCompacted { get; set; }

    /// <summary>Whether what lives in it cannot be moved, because a record cannot be read.</summary>
    public bool IsLeftAsItIs { get; set; }
}
