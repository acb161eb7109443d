using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Processes.TestSilo;

/// <summary>Makes parties that echo.</summary>
internal sealed class EchoFactory : IClusterPartyFactory
{
    public IClusterParty CreateShard(int index, long epoch, IShardStorage storage) => new EchoParty($"shard {index} {epoch}");

    public IClusterParty CreateScheduler(int replica) => new EchoScheduler(replica);
}
