namespace RayOrleans.Core.Tests.Cluster.Tables;

/// <summary>What an attempt of a dead owner's has made counts only if the table had it when it gave the record away.</summary>
public sealed class TableShardTakeoverTests
{
    private const long Epoch = 1;

    private static readonly NodeId Owner = new((UInt128)1);
    private static readonly NodeId Runner = new((UInt128)2);
    private static readonly NodeId Heir = new((UInt128)3);
    private static readonly TaskId Task = new(7, 7);

    private readonly TableShard _shard = new(0, Epoch, new TableOptions { DeadHoldTicks = 10 });
    private readonly ShardTalk _talk = new();

    public TableShardTakeoverTests()
    {
        foreach (NodeId node in (NodeId[])[Owner, Runner, Heir])
        {
            _shard.OnMember(node, isAlive: true, 0);
            Say(node, new RepublishedMessage());
        }

        Say(Owner, new PublishMessage(Task, Spec, 0, 1, [Report(ObjectStatus.Pending, isHere: false)], null));
        Say(Heir, new HoldMessage(Ref, HoldLevel.Value));
    }

    [Fact]
    public void Copy_ThatIsTold_AfterTheRecordWasGivenAway_IsSentAway()
    {
        _shard.OnMember(Owner, isAlive: false, 0);
        Assert.Equal(TableRow.AttemptsPerOwner + 1, Assert.Single(Heard(Heir).OfType<AdoptMessage>()).FirstAttempt);

        Say(Runner, new ObjectMessage(Report(ObjectStatus.Remote, isHere: true)));

        DiscardMessage discard = Assert.Single(Heard(Runner).OfType<DiscardMessage>());
        Assert.Equal((new ObjectId(Task, 0), 0), (discard.Id, discard.Version));
        Assert.DoesNotContain(Heard(Heir).OfType<StateMessage>(), s => s.Locations.Count > 0);
    }

    [Fact]
    public void Copy_ThatIsTold_AfterTheHeirHasPublished_IsSentAway()
    {
        _shard.OnMember(Owner, isAlive: false, 0);
        AdoptMessage adopt = Assert.Single(Heard(Heir).OfType<AdoptMessage>());
        Say(Heir, new PublishMessage(Task, Spec, adopt.Epoch, adopt.FirstAttempt + 1, [Report(ObjectStatus.Pending, isHere: false) with { Ref = Ref with { Owner = Heir } }], null));

        Say(Runner, new ObjectMessage(Report(ObjectStatus.Remote, isHere: true)));

        Assert.Single(Heard(Runner).OfType<DiscardMessage>());
    }

    [Fact]
    public void Copy_ThatWasToldBefore_GoesWithTheRecord()
    {
        Say(Runner, new ObjectMessage(Report(ObjectStatus.Remote, isHere: true)));
        _shard.OnMember(Owner, isAlive: false, 0);

        ObjectReport report = Assert.Single(Assert.Single(Heard(Heir).OfType<AdoptMessage>()).Objects);
        Assert.Equal((ObjectStatus.Remote, 0), (report.Status, report.Version));
        Assert.Empty(Heard(Runner).OfType<DiscardMessage>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Charges_AndEviction_GoWithTheRecord(bool isEvicted)
    {
        Say(Owner, new PublishMessage(Task, isEvicted ? null : Spec, 0, 4, [Report(ObjectStatus.Pending, isHere: false)], null) { Uncharged = 2, IsEvicted = isEvicted });
        TableRowSnapshot row = Assert.Single(TableShard.Restore(0, _shard.Snapshot(), new TableOptions { DeadHoldTicks = 10 }).Snapshot().Rows);
        Assert.Equal((2, isEvicted), (row.Uncharged, row.IsEvicted));

        _shard.OnMember(Owner, isAlive: false, 0);

        AdoptMessage adopt = Assert.Single(Heard(Heir).OfType<AdoptMessage>());
        Assert.Equal((2, isEvicted), (adopt.Uncharged, adopt.IsEvicted));
    }

    [Fact]
    public void Row_ThatSomebodyFollowsWithoutAHold_IsForgottenWhenHeLetsGo()
    {
        Say(Runner, new SubscribeMessage(Ref, IsOn: true));
        Say(Heir, new HoldMessage(Ref, HoldLevel.None));
        Say(Owner, new HoldMessage(Ref, HoldLevel.None));
        Assert.Empty(Heard(Owner).OfType<ForgetMessage>());

        Say(Owner, new ObjectMessage(Report(ObjectStatus.Failed, isHere: false) with { Value = new Failure(FailureKind.UserError, "no") }));
        Assert.Equal(ObjectStatus.Failed, Heard(Runner).OfType<StateMessage>().Last().Report.Status);

        Say(Runner, new SubscribeMessage(Ref, IsOn: false));
        Assert.Single(Heard(Owner).OfType<ForgetMessage>());
        Assert.Equal(0, _shard.TaskCount);
    }

    private static RemoteRef Ref { get; } = new(new ObjectId(Task, 0), Owner, new JobId(1), Owner);

    private static TaskSpec Spec { get; } = new()
    {
        Id = Task,
        Kind = TaskKind.Normal,
        Job = new JobId(1),
        Driver = Owner,
        Parent = TaskId.None,
        Options = TaskOptions.Default with { MaxRetries = 3 },
        Payload = null,
    };

    private static ObjectReport Report(ObjectStatus status, bool isHere) => new(Ref, status, 0, 1_000, null, [], isHere, HoldLevel.Value);

    private void Say(NodeId node, params Message[] messages) => _talk.Say(_shard, 0, node, messages);

    private List<Message> Heard(NodeId node) => _talk.Heard(_shard, node);
}
