namespace RayOrleans.Core.Tests.Cluster.Tables;

/// <summary>What a dead node held counts until all others have said that they know of its death, however long that takes.</summary>
public sealed class TableShardDeathTests
{
    private const long DeadHold = 10;

    private static readonly NodeId Owner = new((UInt128)1);
    private static readonly NodeId Receiver = new((UInt128)2);
    private static readonly NodeId Other = new((UInt128)3);
    private static readonly TaskId Task = new(7, 7);

    private readonly ShardTalk _talk = new();
    private TableShard _shard = new(0, 1, new TableOptions { DeadHoldTicks = DeadHold });
    private long _now;

    public TableShardDeathTests()
    {
        Join(Owner, Receiver, Other);
        Say(Owner, new PublishMessage(Task, null, 0, 0, [new ObjectReport(Ref, ObjectStatus.Available, 0, 4, "value", [], IsHere: false, HoldLevel.Value)], null));
    }

    [Fact]
    public void Hold_ThatArrivesLongAfterTheDeath_FindsTheValue()
    {
        _shard.OnMember(Owner, isAlive: false, _now);
        Say(Other, new DeathMessage(Owner));
        Pass(DeadHold * 100);

        Say(Receiver, new HoldMessage(Ref, HoldLevel.Value), new DeathMessage(Owner));

        ObjectReport report = Assert.Single(Assert.Single(Heard(Receiver).OfType<AdoptMessage>()).Objects);
        Assert.Equal((ObjectStatus.Available, "value"), (report.Status, report.Value));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Row_ThatNobodyElseHolds_GoesWhenAllKnowOfTheDeath(bool dies)
    {
        _shard.OnMember(Owner, isAlive: false, _now);
        Assert.Equal(Owner, Assert.Single(Heard(Receiver).OfType<DeathMessage>()).Node);
        Say(Receiver, new DeathMessage(Owner));
        Pass(DeadHold);
        Assert.Equal(1, _shard.TaskCount);

        if (dies)
        {
            _shard.OnMember(Other, isAlive: false, _now);
            Say(Receiver, new DeathMessage(Other));
        }
        else
        {
            Say(Other, new DeathMessage(Owner));
        }

        Pass(DeadHold);
        Assert.Equal(0, _shard.TaskCount);
    }

    [Fact]
    public void Row_GoesNotBeforeItsTime_ThoughAllKnowOfTheDeath()
    {
        _shard.OnMember(Owner, isAlive: false, _now);
        Say(Receiver, new DeathMessage(Owner));
        Say(Other, new DeathMessage(Owner));
        Pass(DeadHold - 1);
        Assert.Equal(1, _shard.TaskCount);

        // Somebody may be told of it whom the dead one's heir told: that takes time only.
        Pass(1);
        Assert.Equal(0, _shard.TaskCount);
    }

    [Fact]
    public void NextActivation_AsksAllAgain()
    {
        _shard.OnMember(Owner, isAlive: false, _now);
        Say(Other, new DeathMessage(Owner));
        _shard = TableShard.Restore(0, _shard.Snapshot().ForEpoch(2), new TableOptions { DeadHoldTicks = DeadHold });
        _talk.Restart();
        Join(Receiver, Other);
        Assert.Single(Heard(Receiver).OfType<DeathMessage>());
        Assert.Single(Heard(Other).OfType<DeathMessage>());
        Say(Other, new DeathMessage(Owner));
        Pass(DeadHold * 100);
        Assert.Equal(1, _shard.TaskCount);

        Say(Receiver, new DeathMessage(Owner));
        Pass(1);
        Assert.Equal(0, _shard.TaskCount);
    }

    [Fact]
    public void NextActivation_WithoutAnybodyToAsk_LetsGo()
    {
        _shard.OnMember(Owner, isAlive: false, _now);
        _shard = TableShard.Restore(0, _shard.Snapshot().ForEpoch(2), new TableOptions { DeadHoldTicks = DeadHold });
        Pass(DeadHold);
        Assert.Equal(0, _shard.TaskCount);
    }

    private static RemoteRef Ref { get; } = new(new ObjectId(Task, 0), Owner, new JobId(1), Owner);

    private void Join(params NodeId[] nodes)
    {
        foreach (NodeId node in nodes)
        {
            _shard.OnMember(node, isAlive: true, _now);
        }

        foreach (NodeId node in nodes)
        {
            Say(node, new RepublishedMessage());
        }
    }

    private void Pass(long time)
    {
        _now += time;
        _shard.Tick(_now);
    }

    private void Say(NodeId node, params Message[] messages) => _talk.Say(_shard, _now, node, messages);

    private List<Message> Heard(NodeId node) => _talk.Heard(_shard, node);
}
