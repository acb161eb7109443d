namespace RayOrleans.Core.Tests.Sessions;

/// <summary>Who is charged when a process ends.</summary>
public sealed class ProcessEndTests
{
    private readonly TestEngine _node = new(cpus: 4);

    [Fact]
    public void KilledFromOutside_ChargesNobody_UpToTheBound()
    {
        TaskRecord task = Submit(retries: 1);
        for (int i = 0; i < Charges.MaxSpared; i++)
        {
            NodeSession session = Open();
            Run(session, task);
            Close(session, new SessionEnd("it was killed"));
            Assert.Equal((TaskState.Ready, 0), (task.State, task.RetriesUsed));
        }

        NodeSession charged = Open();
        Run(charged, task);
        Close(charged, new SessionEnd("it was killed"));
        Assert.Equal((TaskState.Ready, 1), (task.State, task.RetriesUsed));

        NodeSession last = Open();
        Run(last, task);
        Close(last, new SessionEnd("it was killed"));
        Assert.Contains("It ran 10 times: its retries are exhausted (maxRetries 1)", Assert.IsType<Failure>(task.Value).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void KilledFromOutside_WhatMayNotBeRepeated_IsNot()
    {
        TaskRecord task = Submit(retries: 0);
        NodeSession session = Open();
        Run(session, task);

        Close(session, new SessionEnd("it was killed"));

        Assert.Equal(FailureKind.WorkerCrashed, Assert.IsType<Failure>(task.Value).Kind);
    }

    [Fact]
    public void CulpritThatIsNamed_IsChargedAndAlone_BystandersAreNeither()
    {
        NodeSession session = Open();
        TaskRecord culprit = Submit(retries: 1);
        TaskRecord bystander = Submit(retries: 1);
        Run(session, culprit);
        Run(session, bystander);

        Close(session, new SessionEnd("it exited") { IsOwnDoing = true, Culprit = culprit.TaskId, CulpritAttempt = 0 });

        Assert.Equal((TaskState.Ready, 1, ProcessKind.Own), (culprit.State, culprit.RetriesUsed, culprit.Options.Process));
        Assert.Equal((TaskState.Ready, 0, ProcessKind.Job), (bystander.State, bystander.RetriesUsed, bystander.Options.Process));
    }

    [Fact]
    public void Suspects_AreAloneAndNotCharged_UntilOneDoesItAgain()
    {
        NodeSession session = Open();
        TaskRecord culprit = Submit(retries: 2);
        TaskRecord bystander = Submit(retries: 2);
        Run(session, culprit);
        Run(session, bystander);
        Close(session, OwnDoing);
        Assert.All([culprit, bystander], t => Assert.Equal((TaskState.Ready, 0, ProcessKind.Own), (t.State, t.RetriesUsed, t.Options.Process)));

        NodeSession alone = Open();
        Run(alone, culprit);
        Close(alone, OwnDoing);

        // For this time and for the one before.
        Assert.Equal((TaskState.Ready, 2), (culprit.State, culprit.RetriesUsed));
        Assert.Equal(0, bystander.RetriesUsed);
    }

    [Fact]
    public void Actor_ThatWasOnlyThere_RestartsWithoutCharge_AndOneThatDidItWithCharge()
    {
        NodeSession session = Open();
        ActorRecord there = NewActor(session);
        ActorRecord did = NewActor(session);
        TaskRecord call = _node.Call(did);
        Run(session, call);

        Close(session, OwnDoing);

        Assert.Equal((ActorState.Restarting, 0, ProcessKind.Job), (there.State, there.RestartsUsed, there.Creation.Options.Process));
        Assert.Equal((ActorState.Restarting, 1, ProcessKind.Own), (did.State, did.RestartsUsed, did.Creation.Options.Process));
        Assert.Equal(TaskState.Failed, call.State);
    }

    [Fact]
    public void Construction_ThatWasInterrupted_RunsAgain()
    {
        NodeSession session = Open();
        ActorRecord actor = new(new ActorId(_node.Job.NextChildId()), new ActorOptions { MaxRestarts = 1 }) { ClassName = "Counter" };
        TaskRecord creation = Creation(actor);
        Run(session, creation);

        Close(session, new SessionEnd("it was killed"));

        Assert.Equal((TaskState.Ready, 0, 1), (creation.State, actor.RestartsUsed, actor.Incarnation));
    }

    [Fact]
    public void ActorOfAnotherNode_IsRestartedByItsManager_WithoutCharge()
    {
        TestCluster cluster = new(2);
        NodeEngine host = cluster.Nodes[1];
        ActorRecord actor = new(new ActorId(cluster.Job.NextChildId()), new ActorOptions { MaxRestarts = 1 }) { ClassName = "Counter" };
        TaskOptions options = new() { MaxRetries = 0, Process = ProcessKind.Job, Affinity = host.Cluster!.Self };
        TaskRecord creation = new(actor.Id.Creation, cluster.Job, null, options) { Kind = TaskKind.ActorCreation, Actor = actor, Payload = new object(), Name = "Counter.ctor" };
        Assert.True(cluster.Nodes[0].TryCreateActor(actor, creation));
        cluster.Deliver();
        NodeSession session = host.OpenSession("worker process 1");
        Construct(host, session);
        cluster.Deliver();
        Assert.Equal(ActorState.Alive, actor.State);

        host.CloseSession(session, new SessionEnd("it was killed"), 0);
        cluster.Deliver();

        Assert.Equal((ActorState.Restarting, 0, 1), (actor.State, actor.RestartsUsed, actor.Incarnation));
        Construct(host, host.OpenSession("worker process 2"));
        cluster.Deliver();
        Assert.Equal((ActorState.Alive, host.Cluster.Self), (actor.State, actor.HostNode));
    }

    private static SessionEnd OwnDoing => new("it crashed") { IsOwnDoing = true };

    private static void Construct(NodeEngine host, NodeSession session)
    {
        Attempt attempt = Assert.IsType<Attempt>(host.TryStart());
        host.RunIn(session, attempt);
        host.OnMessage(session, new AttemptEndedMessage(attempt.Task.TaskId, attempt.Number, [], null, IsRetriable: false, null), 0);
    }

    private NodeSession Open() => _node.Engine.OpenSession("worker process");

    private TaskRecord Submit(int retries)
    {
        TaskRecord task = new(_node.Job.NextChildId(), _node.Job, null, new TaskOptions { MaxRetries = retries, Process = ProcessKind.Job }) { Name = "work", Payload = new object() };
        return _node.Send(task);
    }

    private ActorRecord NewActor(NodeSession session)
    {
        ActorRecord actor = new(new ActorId(_node.Job.NextChildId()), new ActorOptions { MaxRestarts = 1 }) { ClassName = "Counter" };
        Creation(actor);
        Construct(_node.Engine, session);
        return actor;
    }

    private TaskRecord Creation(ActorRecord actor)
    {
        TaskRecord creation = new(actor.Id.Creation, _node.Job, null, new TaskOptions { MaxRetries = 0, Process = ProcessKind.Job }) { Kind = TaskKind.ActorCreation, Actor = actor, Payload = new object(), Name = "Counter.ctor" };
        _node.Do(e => Assert.True(e.TryCreateActor(actor, creation)));
        return creation;
    }

    private void Run(NodeSession session, TaskRecord expected)
    {
        Attempt attempt = Assert.IsType<Attempt>(_node.TryStart());
        Assert.Same(expected, attempt.Task);
        _node.Do(e => e.RunIn(session, attempt));
    }

    private void Close(NodeSession session, SessionEnd end) => _node.Do(e => e.CloseSession(session, end, 0));
}
