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

    [Fact]
    public void Batch_OfTheSmallestItems_IsRead()
    {
        RemoteRef reference = new(default, default, default, default);
        ObjectReport report = new(reference, ObjectStatus.Pending, 0, 0, null, [], false, HoldLevel.None);
        TaskSpec spec = new()
        {
            Id = default,
            Kind = default,
            Job = default,
            Driver = default,
            Parent = default,
            Options = TaskOptions.Default,
            Payload = Array.Empty<byte>(),
            Inputs = [reference, reference, reference],
        };
        RemoteInput input = new(reference, false, null, 0);
        RemoteResult result = new(null, true, 0, []);
        Batch batch = new(Party.Of(new NodeId(1)), 0, Party.OfShard(0), 0, 0,
        [
            new PublishMessage(default, null, 0, 0, [report, report, report, report], null),
            new CompletedMessage(default, 0, [result, result, result, result], [new NestedResult(7, result), new NestedResult(8, result)], null, false, false, 0),
            new ExecuteMessage(spec, 0, [input, input, input], 0, 0) { Kept = [1, 2, 3] },
        ]);
        Structural.Same(batch, _codec.Decode(_codec.Encode(batch)));
        Batch last = batch with { Messages = [batch.Messages[2]] };
        Structural.Same(last, _codec.Decode(_codec.Encode(last)));
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
