using System.Collections.Concurrent;

namespace RayOrleans.Runtime.Cluster.Gcs.Files;

/// <summary>Shards kept in files of this machine. Thread-safe.</summary>
internal sealed class FileShardStorageProvider : IShardStorageProvider, IDisposable
{
    private readonly FileJournalOptions _options;
    private readonly ConcurrentDictionary<int, FileShardJournal> _shards = new();

    /// <exception cref="InvalidOperationException">The folder is another machine's, or on a network drive.</exception>
    public FileShardStorageProvider(FileJournalOptions options)
    {
        JournalFolder.Open(options);
        _options = options;
    }

    public IShardStorage Open(int index) => _shards.GetOrAdd(index, static (i, o) => new FileShardJournal(o, i), _options);

    public void Dispose()
    {
        foreach (FileShardJournal shard in _shards.Values)
        {
            shard.Dispose();
        }
    }
}
