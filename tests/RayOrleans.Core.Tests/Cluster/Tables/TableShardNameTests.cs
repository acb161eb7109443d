namespace RayOrleans.Core.Tests.Cluster.Tables;

/// <summary>What a shard says to those who come with a name, and how it keeps detached actors.</summary>
public sealed class TableShardNameTests
{
    private const long Epoch = 1;
    private const long DeadHold = 10;

    private static readonly NodeId Owner = new((UInt128)3);
    private static readonly NodeId Host = new((UInt128)2);
    private static readonly NodeId Other = new((UInt128)1);
    private static readonly TaskId Creation = new(7, 7);

    private readonly TableShard _shard = new(0, Epoch, new TableOptions { DeadHoldTicks = DeadHold });
    private readonly Dictionary<NodeId, long> _sent = [];

    [Fact]
    public void Find_WhatTheTableDoesNotKnow_IsToldThatItIsGone()
    {
        Join(Owner, Other);
        Say(Other, new FindMessage(Ref(isDetached: false)));
        StateMessage state = Assert.Single(Heard(Other).OfType<StateMessage>());
        Assert.Equal(ObjectStatus.Deleted, state.Report.Status);
    }

    [Fact]
    public void Find_WhatIsThere_MakesAHolder()
    {
        Join(Owner, Other);
        Say(Owner, Publish(isDetached: false, ActorState.Alive), Hold(Owner, HoldLevel.Value));
        Say(Other, new FindMessage(Ref(isDetached: false)));
        StateMessage state = Assert.Single(Heard(Other).OfType<StateMessage>());
        Assert.Equal(ActorState.Alive, state.Actor!.State);
        Say(Owner, Hold(Owner, HoldLevel.None));
        Assert.Empty(Heard(Owner).OfType<ForgetMessage>());
        Say(Other, Hold(Owner, HoldLevel.None), new SubscribeMessage(Ref(isDetached: false), IsOn: false));
        Assert.Single(Heard(Owner).OfType<ForgetMessage>());
    }

    [Fact]
    public void Find_WhatIsDead_IsToldSo()
    {
        Join(Owner, Other);
        Say(Owner, Publish(isDetached: false, ActorState.Dead), Hold(Owner, HoldLevel.Value));
        Say(Other, new FindMessage(Ref(isDetached: false)));
        StateMessage state = Assert.Single(Heard(Other).OfType<StateMessage>());
        Assert.Equal((ObjectStatus.Deleted, ActorState.Dead), (state.Report.Status, state.Actor!.State));
    }

    [Fact]
    public void Find_BeforeAllHaveRepeatedWhatTheyKnow_IsAnsweredAfterThem()
    {
        _shard.OnMember(Owner, isAlive: true, 0);
        _shard.OnMember(Other, isAlive: true, 0);
        Say(Other, new FindMessage(Ref(isDetached: false)), new RepublishedMessage());
        Assert.Empty(Heard(Other).OfType<StateMessage>());
        Say(Owner, Publish(isDetached: false, ActorState.Alive), new RepublishedMessage());
        StateMessage state = Assert.Single(Heard(Other).OfType<StateMessage>());
        Assert.Equal(ActorState.Alive, state.Actor!.State);
    }

    [Fact]
    public void Find_GivenUpBeforeTheAnswer_HoldsNothing()
    {
        _shard.OnMember(Owner, isAlive: true, 0);
        _shard.OnMember(Other, isAlive: true, 0);
        Say(Other, new FindMessage(Ref(isDetached: false)), Hold(Owner, HoldLevel.None), new RepublishedMessage());
        Say(Owner, Publish(isDetached: false, ActorState.Alive), new RepublishedMessage());
        Assert.Empty(Heard(Other).OfType<StateMessage>());
        Assert.Equal(0, _shard.HolderCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Detached_WhoseManagerDies_GoesToItsHostOrToAnyNode(bool hostLives)
    {
        Join(Owner, Host, Other);
        Say(Owner, Publish(isDetached: true, ActorState.Alive), Hold(Owner, HoldLevel.None));
        Assert.Empty(Heard(Owner).OfType<ForgetMessage>());
        if (!hostLives)
        {
            _shard.OnMember(Host, isAlive: false, 0);
        }

        _shard.OnMember(Owner, isAlive: false, 0);
        _shard.Tick(DeadHold * 2);
        NodeId heir = hostLives ? Host : Other;
        AdoptMessage adopt = Assert.Single(Heard(heir).OfType<AdoptMessage>());
        Assert.Equal(ActorState.Alive, adopt.Actor!.State);
        Assert.NotNull(adopt.Spec);
        Assert.Equal(1, _shard.TaskCount);
    }

    [Fact]
    public void Detached_ThatIsDead_IsForgotten()
    {
        Join(Owner, Host);
        Say(Owner, Publish(isDetached: true, ActorState.Alive), Hold(Owner, HoldLevel.None));
        Say(Owner, new ActorMessage(Creation, Report(ActorState.Dead)));
        Assert.Single(Heard(Owner).OfType<ForgetMessage>());
        Assert.Equal(0, _shard.TaskCount);
    }

    [Fact]
    public void NotDetached_WhoseManagerDiesAndThatNobodyHolds_IsStopped()
    {
        Join(Owner, Host);
        Say(Owner, Publish(isDetached: false, ActorState.Alive), Hold(Owner, HoldLevel.Value));
        _shard.OnMember(Owner, isAlive: false, 0);
        Say(Host, new DeathMessage(Owner));
        _shard.Tick(DeadHold * 2);
        Assert.Single(Heard(Host).OfType<StopActorMessage>());
        Assert.Equal(0, _shard.TaskCount);
    }

    private static RemoteRef Ref(bool isDetached) =>
        new(new ObjectId(Creation, 0), Owner, new JobId(1), Owner, 0, new RemoteActor(new ActorOptions { Name = "a", IsDetached = isDetached }, "A", null));

    private static HoldMessage Hold(NodeId owner, HoldLevel level) => new(new RemoteRef(new ObjectId(Creation, 0), owner, new JobId(1), owner), level);

    private static ActorReport Report(ActorState state) => new(state, 0, 0, Host, null);

    private static PublishMessage Publish(bool isDetached, ActorState state)
    {
        RemoteRef reference = Ref(isDetached);
        TaskSpec spec = new()
        {
            Id = Creation,
            Kind = TaskKind.ActorCreation,
            Job = reference.Job,
            Driver = Owner,
            Parent = TaskId.None,
            Options = TaskOptions.Default,
            Payload = null,
            Actor = reference.Actor,
            ActorId = new ActorId(Creation),
        };
        return new PublishMessage(Creation, spec, 0, 1, [new ObjectReport(reference, ObjectStatus.Pending, 0, 0, null, [], false, HoldLevel.None)], Report(state));
    }

    private void Join(params NodeId[] nodes)
    {
        foreach (NodeId node in nodes)
        {
            _shard.OnMember(node, isAlive: true, 0);
            Say(node, new RepublishedMessage());
        }
    }

    private void Say(NodeId node, params Message[] messages)
    {
        long number = _sent[node] = _sent.GetValueOrDefault(node) + 1;
        Assert.Equal(BatchVerdict.Applied, _shard.OnBatch(new Batch(Party.Of(node), 0, Party.OfShard(0), Epoch, number, messages), 0).Kind);
    }

    /// <summary>Everything that the shard has for a node.</summary>
    private List<Message> Heard(NodeId node)
    {
        List<Message> heard = [];
        while (_shard.TakeReadyLinks() is { Count: > 0 } ready)
        {
            foreach (Link link in ready)
            {
                while (_shard.TakeBatch(link) is { } batch)
                {
                    Keep(link.To.Node, batch.Messages);
                    _shard.OnAnswer(link, batch, new BatchAnswer(BatchVerdict.Applied));
                }
            }
        }

        heard.AddRange(_heard.GetValueOrDefault(node) ?? []);
        _heard.Remove(node);
        return heard;
    }

    private readonly Dictionary<NodeId, List<Message>> _heard = [];

    private void Keep(NodeId node, IReadOnlyList<Message> messages)
    {
        if (!_heard.TryGetValue(node, out List<Message>? heard))
        {
            _heard.Add(node, heard = []);
        }

        heard.AddRange(messages);
    }
}
