using System.Collections.Concurrent;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains.Azure;

/// <summary>Shards kept in Azure blobs. Thread-safe.</summary>
internal sealed class AzureShardStorageProvider(AzureJournalOptions options) : IShardStorageProvider
{
    private readonly ConcurrentDictionary<int, AzureShardJournal> _shards = new();

    public IShardStorage Open(int index) => _shards.GetOrAdd(index, i => new AzureShardJournal(options, i));
}
