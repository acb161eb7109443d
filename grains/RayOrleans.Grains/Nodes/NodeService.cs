using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Gcs.Followers;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Grains;

/// <summary>Hands what other silos send to the node in this one. Requests interleave, and each is answered within its turn.</summary>
internal sealed class NodeService(
    GrainId id,
    Orleans.Runtime.Silo silo,
    ILoggerFactory loggers,
    IClusterNode node,
    MemberDirectory members,
    ShardEpochs epochs,
    ShardCopies copies,
    RayClusterSettings settings) : GrainService(id, silo, loggers), INodeService
{
    private readonly PartJoiner _joiner = new(TimeProvider.System);

    /// <summary>Apart, because transfers are numbered by who sends them.</summary>
    private readonly PartJoiner _copyJoiner = new(TimeProvider.System);

    public ValueTask<NodeHello> Hello() => new(new NodeHello
    {
        NodeId = node.NodeId,
        ProtocolVersion = ClusterProtocol.Version,
        DataEndPoint = node.DataEndPoint?.ToString(),
        HostsControl = settings.HostsControl,
    });

    public ValueTask<Immutable<byte[]>> Deliver(Immutable<byte[]> batch) => BatchGuard.AnswerAsync(_joiner.TakeAsync(node.Party, batch.Value));

    public ValueTask<long> Beat() => new(members.Version);

    public ValueTask NoteEpoch(int shard, long epoch)
    {
        epochs.Note(shard, epoch);
        return default;
    }

    public ValueTask<Immutable<byte[]>> Follow(Immutable<byte[]> request) => BatchGuard.AnswerAsync(_copyJoiner.TakeAsync(bytes => new(copies.Answer(bytes)), request.Value));
}
