namespace RayOrleans.ObjectStore;

/// <summary>Removes the arena files of processes that died without doing so.</summary>
internal static class StaleFiles
{
    /// <summary>Removes what it can and returns how many files that were. Never fails: a file that cannot be removed is left to the next start.</summary>
    public static int Remove(string directory)
    {
        int removed = 0;
        foreach (string path in Directory.EnumerateFiles(directory, OwnedName.Prefix + "*"))
        {
            if (OwnedName.TryParse(Path.GetFileName(path), OwnedName.ArenaSuffix, out OwnedName name) && !name.OwnerIsAlive() && TryRemove(path))
                removed++;
        }

        return removed;
    }

    private static bool TryRemove(string path)
    {
        try
        {
            // The owner keeps a shared lock on its file. Containers that share a directory but not process ids see
            // each other's owners as dead; the lock tells.
            using FileStream exclusive = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            File.Delete(path);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
