using CsCheck;
using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Tests.Cluster.Wire;

public class BatchCodecTests
{
    private readonly BatchCodec _codec = new(OpaquePayloadWire.Instance);

    public static TheoryData<string> Sorts => [.. MessageMaker.Sorts.Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Sorts))]
    public void Message_EncodedAndDecoded_SaysTheSame(string sort) => Gen.UInt.Sample(
        seed =>
        {
            MessageMaker maker = new(seed);
            Message message = maker.Message(MessageMaker.Sorts.Single(s => s.Name == sort));
            Batch batch = new(Party.Of(maker.Node()), 0, Party.OfShard(3), 7, 1, [message]);
            Structural.Same(batch, _codec.Decode(_codec.Encode(batch)));
        },
        iter: 200);

    [Fact]
    public void Batch_EncodedAndDecoded_SaysTheSame() => Gen.UInt.Sample(
        seed =>
        {
            Batch batch = new MessageMaker(seed).Batch();
            byte[] bytes = _codec.Encode(batch);
            Batch copy = _codec.Decode(bytes);
            Structural.Same(batch, copy);
            Assert.Equal(bytes, _codec.Encode(copy));
        },
        iter: 500);

    [Fact]
    public void Batch_MadeTwice_GivesTheSameBytes() => Gen.UInt.Sample(
        seed => Assert.Equal(_codec.Encode(new MessageMaker(seed).Batch()), _codec.Encode(new MessageMaker(seed).Batch())), iter: 200);

    [Fact]
    public void Batch_ManyCallsOfOneActor_DescribesItOnce()
    {
        RemoteActor Describe() => new(new ActorOptions { Name = "counter", Namespace = "job" }, new string('c', 1000), new byte[1000]);
        Batch Of(Func<RemoteActor> actor) => new(Party.Of(new NodeId(1)), 0, Party.Of(new NodeId(2)), 0, 1,
            [.. Enumerable.Range(0, 100).Select(i => new HoldMessage(new RemoteRef(new ObjectId(new TaskId(1, (ulong)i), 0), new NodeId(1), new JobId(1), new NodeId(1), 0, actor()), HoldLevel.Value))]);

        RemoteActor one = Describe();
        byte[] shared = _codec.Encode(Of(() => one));
        Assert.Equal(shared, _codec.Encode(Of(Describe)));
        Assert.InRange(shared.Length, 2_000, 6_000);
        Assert.Single(_codec.Decode(shared).Messages.Cast<HoldMessage>().Select(h => h.Ref.Actor).Distinct(ReferenceEqualityComparer.Instance));
    }

    [Theory]
    [InlineData(BatchVerdict.Applied, 0)]
    [InlineData(BatchVerdict.OtherEpoch, long.MaxValue)]
    [InlineData(BatchVerdict.Refused, -1)]
    public void Answer_EncodedAndDecoded_SaysTheSame(BatchVerdict verdict, long epoch) =>
        Assert.Equal(new BatchAnswer(verdict, epoch), BatchCodec.DecodeAnswer(BatchCodec.EncodeAnswer(new BatchAnswer(verdict, epoch))));

    [Fact]
    public void Batch_OfAnotherFormat_IsRefused()
    {
        byte[] bytes = _codec.Encode(new MessageMaker(1).Batch());
        bytes[1]++;
        Assert.Throws<CorruptBatchException>(() => _codec.Decode(bytes));
    }

    [Fact]
    public void Frame_OfEveryLength_IsRead()
    {
        foreach (int length in new[] { 0, 1, 127, 128, 129, 16_383, 16_384, 16_385, 2_097_151, 2_097_152 })
        {
            ObjectReport report = new(
                new RemoteRef(default, default, default, default), ObjectStatus.Available, 0, length, new byte[length], [], false, HoldLevel.None);
            Batch batch = new(Party.Of(new NodeId(1)), 0, Party.OfShard(0), 0, 1, [new ObjectMessage(report), new RepublishedMessage()]);
            Structural.Same(batch, _codec.Decode(_codec.Encode(batch)));
        }
    }
}
