using System.Globalization;

namespace RayOrleans.Silo.Jobs;

/// <summary>
/// Where a silo keeps submitted programs and their output: a folder of its process, in which it holds a file open that nobody else may open meanwhile. The next
/// job of another silo of this user removes the folders of processes that are gone.
/// </summary>
internal static class JobFolders
{
    private const string LockName = "lock";

    private static readonly Lazy<(string Folder, FileStream Lock)> Own = new(MakeOwn);

    private static string Root => Path.Combine(Path.GetTempPath(), $"rayorleans-jobs-{Environment.UserName}");

    /// <summary>Makes the folder of a job of this process.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder above it is somebody else's.</exception>
    public static string Make(string job) => Directory.CreateDirectory(Path.Combine(Own.Value.Folder, job)).FullName;

    private static (string Folder, FileStream Lock) MakeOwn()
    {
        string root = Directory.CreateDirectory(Root).FullName;
        if (!OperatingSystem.IsWindows())
        {
            // Of somebody else's folder this cannot be changed.
            File.SetUnixFileMode(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        RemoveOthers(root);
        string name = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}");

        // It has its lock before it has its name, so nobody takes it for one that was left behind.
        string draft = Directory.CreateDirectory(Path.Combine(root, "." + name)).FullName;
        FileStream held = new(Path.Combine(draft, LockName), FileMode.CreateNew, FileAccess.Write, FileShare.None);
        string folder = Path.Combine(root, name);
        Directory.Move(draft, folder);
        return (folder, held);
    }

    private static void RemoveOthers(string root)
    {
        foreach (string folder in Directory.EnumerateDirectories(root).Where(static f => !Path.GetFileName(f).StartsWith('.')))
        {
            try
            {
                using (new FileStream(Path.Combine(folder, LockName), FileMode.Open, FileAccess.Write, FileShare.None))
                {
                    // Its process is gone.
                }

                Directory.Delete(folder, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Its process is there, or another silo removes it.
            }
        }
    }
}
