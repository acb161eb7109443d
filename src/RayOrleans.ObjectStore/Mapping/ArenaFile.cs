namespace RayOrleans.ObjectStore;

/// <summary>Creates the arena's file and its mapping.</summary>
internal static class ArenaFile
{
    public static FileStream Create(string directory)
    {
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            // On Unix this takes the shared lock that tells StaleFiles that the owner lives.
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(Path.Combine(directory, OwnedName.Next(OwnedName.ArenaSuffix).ToString()), options);
    }

    public static IArenaBacking Map(FileStream file, long length, bool managed)
    {
        try
        {
            return OperatingSystem.IsLinux() && !managed ? new LinuxArenaBacking(file, length) : new ManagedArenaBacking(file, length);
        }
        catch
        {
            File.Delete(file.Name);
            file.Dispose();
            throw;
        }
    }
}
