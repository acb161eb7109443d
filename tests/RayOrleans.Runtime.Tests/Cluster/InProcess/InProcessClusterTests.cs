using RayOrleans.Core;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Gcs;
using RayOrleans.Runtime.Cluster.InProcess;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Tests.Cluster.Support;

namespace RayOrleans.Runtime.Tests.Cluster.InProcess;

public class InProcessClusterTests
{
    private readonly TestParty _one = new(new NodeId(1));
    private readonly TestParty _two = new(new NodeId(2));

    [Fact]
    public async Task Join_EverybodyIsToldAboutEverybody()
    {
        await using InProcessCluster cluster = Make();
        cluster.Join(_one.Member, _one);
        cluster.Join(_two.Member, _two);

        Assert.Equal([(_one.Id, true), (_two.Id, true)], _one.Members);
        Assert.Equal([(_one.Id, true), (_two.Id, true)], _two.Members);
        Assert.Equal([_one.Member, _two.Member], cluster.Members);
        Assert.Throws<ArgumentException>(() => cluster.Join(_one.Member, _one));
    }

    [Fact]
    public async Task CallNode_ArrivesAndIsAnswered()
    {
        await using InProcessCluster cluster = Make();
        IClusterTransport transport = cluster.Join(_one.Member, _one);
        cluster.Join(_two.Member, _two);

        byte[] answer = await transport.CallNodeAsync(_two.Id, Batch(_one.Id, _two.Id));
        Assert.Equal(BatchVerdict.Applied, BatchCodec.DecodeAnswer(answer).Kind);
        Assert.Contains(_two.Batches, b => b.From == Party.Of(_one.Id));
    }

    [Fact]
    public async Task Remove_CallsFailBothWaysAndOthersAreTold()
    {
        await using InProcessCluster cluster = Make();
        IClusterTransport one = cluster.Join(_one.Member, _one);
        IClusterTransport two = cluster.Join(_two.Member, _two);
        Assert.True(cluster.Remove(_two.Id));
        Assert.False(cluster.Remove(_two.Id));

        await Assert.ThrowsAsync<NodeUnreachableException>(async () => await one.CallNodeAsync(_two.Id, Batch(_one.Id, _two.Id)));
        await Assert.ThrowsAsync<NodeUnreachableException>(async () => await two.CallNodeAsync(_one.Id, Batch(_two.Id, _one.Id)));
        await Assert.ThrowsAsync<NodeUnreachableException>(async () => await two.CallShardAsync(0, Batch(_two.Id, _one.Id)));
        Assert.Equal((_two.Id, false), _one.Members.Last());
        Assert.DoesNotContain((_two.Id, false), _two.Members);
    }

    [Fact]
    public async Task Shard_TellsSubscribersWhereObjectsAre()
    {
        await using InProcessCluster cluster = Make();
        IClusterTransport one = cluster.Join(_one.Member, _one);
        IClusterTransport two = cluster.Join(_two.Member, _two);
        ShardTalk owner = new(_one.Id, 0);
        ShardTalk reader = new(_two.Id, 0);
        await owner.Say(b => one.CallShardAsync(0, b), owner.Publish(1), new RepublishedMessage());
        await reader.Say(b => two.CallShardAsync(0, b), new SubscribeMessage(owner.Ref(1), true));

        Patience.Until(() => _two.Messages.OfType<StateMessage>().Any(s => s.Locations.Contains(_one.Id)), "node 2 knows where the object is");
    }

    [Fact]
    public async Task Shard_Restarted_GreetsEveryNodeInItsNewEpoch()
    {
        await using InProcessCluster cluster = Make();
        cluster.Join(_one.Member, _one);
        cluster.Join(_two.Member, _two);
        cluster.Tick();
        Patience.Until(() => IsGreeted(_one, 1) && IsGreeted(_two, 1), "both nodes know epoch 1");

        cluster.RestartShard(0);
        cluster.Tick();
        Patience.Until(() => IsGreeted(_one, 2) && IsGreeted(_two, 2), "both nodes know epoch 2");
    }

    [Fact]
    public async Task Scheduler_PlacesWhereTheInputsAre()
    {
        await using InProcessCluster cluster = Make();
        IClusterTransport one = cluster.Join(_one.Member, _one);
        IClusterTransport two = cluster.Join(_two.Member, _two);
        SchedulerClient client = new(one);
        await client.HeartbeatAsync(Load(_one.Id));
        await client.HeartbeatAsync(Load(_two.Id));
        ShardTalk owner = new(_two.Id, TableLookup.ShardOf(new TaskId(7, 1), one.ShardCount));
        await owner.Say(b => two.CallShardAsync(TableLookup.ShardOf(new TaskId(7, 1), one.ShardCount), b), owner.Publish(1), new RepublishedMessage());

        IReadOnlyList<PlacementAnswer> answers = await client.PlaceAsync(
        [
            new PlacementRequest(new TaskId(1, 1), _one.Id, ResourceShape.OneCpu, false, null, [owner.Ref(1).Id], NodeId.None),
            new PlacementRequest(new TaskId(1, 2), _one.Id, new ResourceShape(100 * ResourceAmount.One), false, null, [], NodeId.None),
        ]);
        Assert.Equal(_two.Id, answers[0].Node);
        Assert.Equal(NodeId.None, answers[1].Node);
        Assert.NotNull(answers[1].Why);
    }

    [Fact]
    public async Task Tick_TicksNodes()
    {
        await using InProcessCluster cluster = Make();
        cluster.Join(_one.Member, _one);
        cluster.Tick();
        Assert.Equal(1, _one.Ticks);
    }

    private static InProcessCluster Make() => new(new InProcessClusterOptions { ShardCount = 2, TickInterval = Timeout.InfiniteTimeSpan });

    private static bool IsGreeted(TestParty node, long epoch) => node.Batches.Any(b => b.From == Party.OfShard(0) && b.FromEpoch == epoch && b.Number == 0);

    private static byte[] Batch(NodeId from, NodeId to) =>
        new BatchCodec(OpaquePayloadWire.Instance).Encode(new Batch(Party.Of(from), 0, Party.Of(to), 0, 1, [new TransitDoneMessage(1)]));

    private static NodeLoad Load(NodeId node) => new(
        node, 1, new ResourceShape(4 * ResourceAmount.One), new ResourceShape(4 * ResourceAmount.One), 0, 1, 1, new Dictionary<string, string>());
}
