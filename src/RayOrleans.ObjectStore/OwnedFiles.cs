namespace RayOrleans.ObjectStore;

/// <summary>Names for files of one's own beside arenas, such as scratch files in shared memory.</summary>
public static class OwnedFiles
{
    /// <summary>
    /// A file name that says which process owns it. When that process is gone and holds no lock on the file (open it with a sharing mode other than none), the next
    /// store that is made in the same directory removes it.
    /// </summary>
    public static string NextName() => OwnedName.Next(OwnedName.ArenaSuffix).ToString();
}
