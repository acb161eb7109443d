using RayOrleans.ObjectStore;
using RayOrleans.Runtime.Drivers;

namespace RayOrleans.Runtime.Output;

/// <summary>
/// The folder of a node's log files: what its worker processes have written, whole. It is made with the first line, and outlives its node; of nodes that have gone the
/// newest few folders are kept. Thread-safe.
/// </summary>
internal sealed class WorkerLogs(NodeServices node)
{
    /// <summary>So many bytes go to a file before a new one is begun; the one before is kept.</summary>
    public const long FileBytes = 8 << 20;

    private const int MaxFiles = 200;
    private const int KeptFolders = 8;

    private readonly Lock _lock = new();
    private readonly OwnedName _owner = OwnedName.Next("");
    private bool _isMade;

    /// <summary>The folder.</summary>
    public string Folder => Path.Combine(Parent, $"{node.NodeId}-{_owner}");

    private string Parent => node.Options.LogDirectory ?? Path.Combine(Path.GetTempPath(), $"rayorleans-logs-{Environment.UserName}");

    /// <summary>Opens a file.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Null: it cannot be written; that was said.</returns>
    public StreamWriter? Open(string name)
    {
        lock (_lock)
        {
            try
            {
                Make_NeedsLock();
                string path = Path.Combine(Folder, name);
                if (File.Exists(path))
                {
                    File.Move(path, path + ".1", overwrite: true);
                }

                return new StreamWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true };
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                node.Events.WarnRarely($"What tasks write is not logged: {e.Message}");
                return null;
            }
        }
    }

    private void Make_NeedsLock()
    {
        if (!_isMade)
        {
            if (node.Options.LogDirectory is { } chosen)
            {
                Directory.CreateDirectory(chosen);
            }
            else
            {
                NodePlace.MakeFolder(Parent);
            }

            RemoveOldest(
                new DirectoryInfo(Parent).GetDirectories().Where(d => d.Name.IndexOf('-', StringComparison.Ordinal) is var at and > 0 && OwnedName.TryParse(d.Name[(at + 1)..], "", out OwnedName owner) && !owner.OwnerIsAlive()),
                KeptFolders,
                static d => ((DirectoryInfo)d).Delete(recursive: true));

            // What tasks write is nobody else's business.
            NodePlace.MakeFolder(Folder);
            _isMade = true;
        }

        RemoveOldest(new DirectoryInfo(Folder).GetFiles(), MaxFiles - 1, static f => f.Delete());
    }

    private static void RemoveOldest(IEnumerable<FileSystemInfo> all, int kept, Action<FileSystemInfo> delete)
    {
        foreach (FileSystemInfo old in all.OrderByDescending(f => f.LastWriteTimeUtc).Skip(kept))
        {
            try
            {
                delete(old);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another node clears up too, or somebody reads it: it goes with a later look.
            }
        }
    }
}
