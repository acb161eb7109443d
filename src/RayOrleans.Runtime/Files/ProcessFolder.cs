using System.Globalization;

namespace RayOrleans.Runtime.Files;

/// <summary>
/// A folder of this process below one of the user's, in which it holds a file open that nobody else may open meanwhile: the system lets go of it with the process, however
/// that ends, and then the next process that looks removes the folder.
/// </summary>
internal sealed class ProcessFolder : IDisposable
{
    private const string LockName = "lock";

    private readonly FileStream _lock;

    /// <summary>Makes a folder, and removes those of processes that are gone.</summary>
    /// <param name="root">The folder above, which becomes the user's alone.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder above is somebody else's.</exception>
    public ProcessFolder(string root)
    {
        string above = Directory.CreateDirectory(root).FullName;
        if (!OperatingSystem.IsWindows())
        {
            // Of somebody else's folder this cannot be changed.
            File.SetUnixFileMode(above, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        RemoveOthers(above);
        string name = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}");

        // It has its lock before it has its name, so nobody takes it for one that was left behind.
        string draft = Directory.CreateDirectory(Path.Combine(above, "." + name)).FullName;
        _lock = new FileStream(Path.Combine(draft, LockName), FileMode.CreateNew, FileAccess.Write, FileShare.None);
        FullName = Path.Combine(above, name);
        Directory.Move(draft, FullName);
    }

    /// <summary>The folder.</summary>
    public string FullName { get; }

    /// <summary>Removes the folders of processes that are gone.</summary>
    /// <param name="root">The folder above; it need not be there.</param>
    public static void RemoveOthers(string root)
    {
        if (!Directory.Exists(root))
        {
            return;
        }

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
                // Its process is there, or another process removes it.
            }
        }
    }

    /// <summary>Removes the folder.</summary>
    /// <exception cref="IOException">Something in it is in use; the next process removes it.</exception>
    /// <exception cref="UnauthorizedAccessException">Something in it must not be deleted.</exception>
    public void Dispose()
    {
        _lock.Dispose();
        Directory.Delete(FullName, recursive: true);
    }
}
