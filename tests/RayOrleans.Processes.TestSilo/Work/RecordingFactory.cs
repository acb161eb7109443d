using System.Collections.Concurrent;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Gcs;

namespace RayOrleans.Processes.TestSilo.Work;

/// <summary>Makes the real shards, and remembers those of this silo, so that a test can ask what they still know.</summary>
internal sealed class RecordingFactory(IClusterPartyFactory inner) : IClusterPartyFactory
{
    private readonly ConcurrentDictionary<int, ShardHost> _shards = new();

    /// <summary>The rows of all shards that live here.</summary>
    public int TaskCount => _shards.Values.Where(s => s.Ended is null).Sum(s => s.TaskCount);

    public IClusterParty CreateShard(int index, long epoch, IShardStorage storage)
    {
        IClusterParty shard = inner.CreateShard(index, epoch, storage);
        _shards[index] = (ShardHost)shard;
        return shard;
    }

    public IClusterParty CreateScheduler(int replica) => inner.CreateScheduler(replica);
}
