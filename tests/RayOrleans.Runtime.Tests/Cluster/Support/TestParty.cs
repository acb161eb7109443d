using System.Collections.Concurrent;
using RayOrleans.Core;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Tests.Cluster.Support;

/// <summary>A node that only notes what it is told, and applies every batch once.</summary>
internal sealed class TestParty(NodeId id) : IClusterParty
{
    private readonly BatchCodec _codec = new(OpaquePayloadWire.Instance);

    public NodeId Id => id;

    public ClusterMember Member => new(id, $"node {id.Value}", null);

    public ConcurrentQueue<Batch> Batches { get; } = new();

    public ConcurrentQueue<(NodeId Node, bool IsAlive)> Members { get; } = new();

    public int Ticks { get; private set; }

    public IEnumerable<Message> Messages => Batches.SelectMany(b => b.Messages);

    public ValueTask<byte[]> OnBatchAsync(ReadOnlyMemory<byte> batch)
    {
        Batches.Enqueue(_codec.Decode(batch));
        return new(BatchCodec.EncodeAnswer(new BatchAnswer(BatchVerdict.Applied)));
    }

    public void OnMemberChanged(in MemberChange change) => Members.Enqueue((change.Member.NodeId, change.IsAlive));

    public void Tick() => Ticks++;
}
