using RayOrleans.Core;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Tests.Cluster.Support;

/// <summary>What a node says to a shard, batch by batch.</summary>
internal sealed class ShardTalk(NodeId self, int shard)
{
    private readonly BatchCodec _codec = new(OpaquePayloadWire.Instance);
    private long _epoch;
    private long _number;

    public NodeId Self => self;

    public RemoteRef Ref(ulong task) => new(new ObjectId(new TaskId(7, task), 0), self, new JobId(1), self);

    /// <summary>A task of this node's whose value lies in its store.</summary>
    public PublishMessage Publish(ulong task, HoldLevel level = HoldLevel.Value) => new(
        new TaskId(7, task), null, 0, 0, [new ObjectReport(Ref(task), ObjectStatus.Remote, 0, 1_000, null, [], IsHere: true, level)], null);

    /// <summary>The next batch.</summary>
    public byte[] Next(params Message[] messages) => _codec.Encode(new Batch(Party.Of(self), 0, Party.OfShard(shard), _epoch, ++_number, messages));

    /// <summary>Takes an answer as a link does.</summary>
    public BatchAnswer Take(byte[] answer)
    {
        BatchAnswer read = BatchCodec.DecodeAnswer(answer);
        if (read.Kind == BatchVerdict.OtherEpoch)
        {
            _epoch = read.Epoch;
            _number = 0;
        }

        return read;
    }

    /// <inheritdoc cref="Say(Func{byte[], ValueTask{byte[]}}, Message[])"/>
    public Task Say(IClusterParty shard, params Message[] messages) => Say(batch => shard.OnBatchAsync(batch), messages);

    /// <summary>Says something that must be applied.</summary>
    public async Task Say(Func<byte[], ValueTask<byte[]>> call, params Message[] messages)
    {
        BatchAnswer answer = Take(await call(Next(messages)));
        if (answer.Kind == BatchVerdict.OtherEpoch)
        {
            answer = Take(await call(Next(messages)));
        }

        Assert.Equal(BatchVerdict.Applied, answer.Kind);
    }
}
