using System.Globalization;

namespace RayOrleans.ObjectStore;

/// <summary>
/// A folder with a lock file beside it. The owner keeps the lock file open and locked; whoever can lock it knows that the owner is dead, also across
/// containers that see different process ids.
/// </summary>
internal sealed class DiskSpillFolder : ISpillFolder
{
    private const string Prefix = "rayorleans-spill-";
    private const string LockSuffix = ".lock";
    private const int Attempts = 16;

    private readonly string _path;
    private readonly FileStream _lock;

    private DiskSpillFolder(string path, FileStream ownerLock)
    {
        _path = path;
        _lock = ownerLock;
    }

    public long FreeBytes => new DriveInfo(_path).AvailableFreeSpace;

    public static DiskSpillFolder Open(string directory)
    {
        string full = Path.GetFullPath(directory);
        MakeFolder(full);
        for (int i = 0; ; i++)
        {
            string path = Path.Combine(full, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Guid.NewGuid():N}"));
            if (TryLock(path + LockSuffix, FileMode.CreateNew) is { } ownerLock)
            {
                // A sweeper that came between making the file and locking it has taken it for a dead owner's.
                if (File.Exists(path + LockSuffix))
                {
                    MakeFolder(path);
                    return new DiskSpillFolder(path, ownerLock);
                }

                ownerLock.Dispose();
            }

            if (i == Attempts)
                throw new IOException($"No folder for spilled objects could be made in '{full}'.");
        }
    }

    public static int Sweep(string directory)
    {
        if (!Directory.Exists(directory))
            return 0;
        int removed = 0;
        foreach (string path in Directory.EnumerateFiles(directory, Prefix + "*" + LockSuffix))
        {
            if (TryRemove(path))
                removed++;
        }

        return removed;
    }

    public ISpillFile Create(string name) => new DiskSpillFile(new FileStream(Path.Combine(_path, name), Options(FileMode.CreateNew, FileAccess.ReadWrite)));

    public ISpillFile OpenRead(string name) => new DiskSpillFile(new FileStream(Path.Combine(_path, name), Options(FileMode.Open, FileAccess.Read)));

    public void Delete(string name)
    {
        try
        {
            File.Delete(Path.Combine(_path, name));
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody has removed the whole folder; the file is gone with it.
        }
    }

    public void Dispose()
    {
        try
        {
            if (Directory.Exists(_path))
                Directory.Delete(_path, recursive: true);
            File.Delete(_lock.Name);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What is left is swept by the next store that uses the directory.
        }

        _lock.Dispose();
    }

    private static bool TryRemove(string lockPath)
    {
        try
        {
            if (TryLock(lockPath, FileMode.Open) is not { } mine)
                return false;
            using (mine)
            {
                string folder = lockPath[..^LockSuffix.Length];
                if (Directory.Exists(folder))
                    Directory.Delete(folder, recursive: true);
                File.Delete(lockPath);
                return true;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Left to the next start.
            return false;
        }
    }

    private static FileStream? TryLock(string path, FileMode mode)
    {
        try
        {
            return new FileStream(path, Options(mode, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(path))
        {
            // Its owner, or another sweeper, has it.
            return null;
        }
    }

    private static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static FileStreamOptions Options(FileMode mode, FileAccess access, FileShare share = FileShare.ReadWrite | FileShare.Delete)
    {
        FileStreamOptions options = new() { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode == FileMode.CreateNew)
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
