using RayOrleans.Core;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Gcs;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Tests.Cluster.Support;

namespace RayOrleans.Runtime.Tests.Cluster.Gcs;

/// <summary>Whom a shard that starts on another silo takes for dead.</summary>
public sealed class ShardMembersTests
{
    private static readonly NodeId One = new(1);
    private static readonly NodeId Two = new(2);
    private static readonly NodeId Three = new(3);

    private readonly ManualTime _time = new();
    private readonly TestJournal _journal = new();
    private readonly TestTransport _transport = new() { Answers = static (_, _) => new(TestTransport.Applied) };
    private readonly BatchCodec _codec = new(OpaquePayloadWire.Instance);

    [Fact]
    public async Task NodeThatHasNotSaidHelloHere_IsAMember_AndIsWaitedFor()
    {
        ShardTalk one = new(One, 0);
        ShardTalk two = new(Two, 0);
        await LiveAsync(one, two);

        using ShardHost next = await StartAsync([One], expected: [Two, Three]);
        Assert.Equal([(One, true), (Two, true)], MembersSinceTheEpoch());
        await one.Say(next, one.Publish(1, HoldLevel.None), new RepublishedMessage());

        // Its hold is in the journal; it may still say again that it has it.
        Assert.Equal(1, next.TaskCount);
        Assert.Empty(Sent(One).OfType<DeathMessage>());
        await two.Say(next, new HoldMessage(one.Ref(1), HoldLevel.Value), new RepublishedMessage());
        next.OnMemberChanged(Change(Two, isAlive: true));
        next.Tick();
        Assert.Equal(1, next.TaskCount);
        Assert.DoesNotContain(Sent(One), m => m is ForgetMessage);
    }

    [Fact]
    public async Task NodeThatDiesBeforeItSaysHello_IsDead()
    {
        ShardTalk one = new(One, 0);
        ShardTalk two = new(Two, 0);
        await LiveAsync(one, two);

        using ShardHost next = await StartAsync([One], expected: [Two], dead: [Two]);
        Assert.Equal(BatchVerdict.Refused, two.Take(await next.OnBatchAsync(two.Next())).Kind);
        await one.Say(next, one.Publish(1, HoldLevel.None), new RepublishedMessage());
        Assert.Single(Sent(One).OfType<DeathMessage>());
    }

    [Fact]
    public async Task NodeThatHasSpoken_AndIsAnnouncedAgain_IsNotGreetedForEver()
    {
        using ShardHost host = await StartAsync([One, Two]);
        await new ShardTalk(One, 0).Say(host, new RepublishedMessage());
        await new ShardTalk(Two, 0).Say(host, new RepublishedMessage());
        int before = _transport.Calls.Count;

        host.OnMemberChanged(Change(Two, isAlive: true));
        host.Tick();
        host.Tick();

        Assert.Equal(before, _transport.Calls.Count);
    }

    /// <summary>An activation where node two holds what node one has put.</summary>
    private async Task LiveAsync(ShardTalk one, ShardTalk two)
    {
        using ShardHost host = await StartAsync([One, Two]);
        await one.Say(host, one.Publish(1, HoldLevel.None), new RepublishedMessage());
        await two.Say(host, new HoldMessage(one.Ref(1), HoldLevel.Value), new RepublishedMessage());
    }

    private async Task<ShardHost> StartAsync(NodeId[] members, NodeId[]? expected = null, NodeId[]? dead = null)
    {
        ShardHost host = new(new ShardHostOptions { Index = 0, Epoch = await _journal.RaiseEpochAsync(0, default), Time = _time }, _journal, _transport);
        Array.ForEach(expected ?? [], host.OnMemberExpected);
        Array.ForEach(members, m => host.OnMemberChanged(Change(m, isAlive: true)));
        Array.ForEach(dead ?? [], m => host.OnMemberChanged(Change(m, isAlive: false)));
        await host.StartAsync();
        return host;
    }

    private (NodeId Node, bool IsAlive)[] MembersSinceTheEpoch() =>
        [.. _journal.Records.Select(r => ShardRecord.Decode(r)).Reverse().TakeWhile(r => r.Kind != ShardRecordKind.Epoch).Reverse().Where(r => r.Kind == ShardRecordKind.Member).Select(r => (r.Node, r.IsAlive))];

    private static MemberChange Change(NodeId node, bool isAlive) => new(new ClusterMember(node, "n", null), isAlive);

    private IEnumerable<Message> Sent(NodeId node) =>
        _transport.Calls.Where(c => c.To == Party.Of(node)).SelectMany(c => _codec.Decode(c.Request).Messages);
}
