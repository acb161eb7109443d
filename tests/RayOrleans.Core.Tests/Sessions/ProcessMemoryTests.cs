namespace RayOrleans.Core.Tests.Sessions;

/// <summary>Who is charged when a process is stopped because memory ran out.</summary>
public sealed class ProcessMemoryTests
{
    private readonly TestEngine _node = new(cpus: 8);
    private readonly object _cause = new();

    [Fact]
    public void LastOfItsCaller_IsCharged_AndFailsWithTheCause()
    {
        TaskRecord task = Submit(retries: 1);
        Stop(task);
        Assert.Equal((TaskState.Ready, 1), (task.State, task.RetriesUsed));
        Stop(task);

        Failure failure = Assert.IsType<Failure>(task.Value);
        Assert.Equal((FailureKind.NodeOutOfMemory, _cause, task.TaskId), (failure.Kind, failure.Cause, failure.Source));
        Assert.Contains("it was stopped. It ran 2 times: its retries are exhausted (maxRetries 1)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatMayNotBeRepeated_FailsAtOnce_WithSiblingsToo()
    {
        TaskRecord task = Submit(retries: 0);
        Stop(task, hasSiblings: true);
        Assert.Equal(FailureKind.NodeOutOfMemory, Assert.IsType<Failure>(task.Value).Kind);
    }

    [Fact]
    public void OneOfSeveralOfItsCaller_IsNotCharged_HoweverOften()
    {
        TaskRecord task = Submit(retries: 1);
        for (int i = 0; i < 3 * Charges.MaxSpared; i++)
        {
            Stop(task, hasSiblings: true);
            Assert.Equal((TaskState.Ready, 0), (task.State, task.RetriesUsed));
        }

        // What was spared for memory's sake leaves what other ends of processes are spared.
        NodeSession killed = Run(task);
        Close(killed, new SessionEnd("it was killed"));
        Assert.Equal((TaskState.Ready, 0), (task.State, task.RetriesUsed));
    }

    [Fact]
    public void LastOfItsCaller_WithoutBound_FailsWhenItNeverFits()
    {
        TaskRecord task = Submit(retries: -1);
        for (int i = 0; i < Charges.MaxSpared; i++)
        {
            Stop(task);
            Assert.Equal(TaskState.Ready, task.State);
        }

        Stop(task);
        Assert.Contains("memory ran out 9 times when it was the last task of its caller", Assert.IsType<Failure>(task.Value).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_AreSuspect_AndAloneFromThenOn()
    {
        NodeSession session = Open();
        TaskRecord[] tasks = [Submit(retries: 1), Submit(retries: 1)];
        Array.ForEach(tasks, t => Run(t, session));

        Close(session, End());

        Assert.All(tasks, t => Assert.Equal((TaskState.Ready, 0, ProcessKind.Own), (t.State, t.RetriesUsed, t.Options.Process)));
    }

    [Fact]
    public void RiderThatHasNotBegun_GoesBack_AndTheOneThatHasIsToBlame()
    {
        NodeSession session = Open();
        TaskRecord leader = Submit(retries: 2);
        TaskRecord rider = Submit(retries: 2);
        Attempt attempt = Assert.IsType<Attempt>(_node.TryStart());
        Assert.Single(_node.Engine.RunIn(session, attempt, riders: 1));
        Assert.Equal(1, SessionWork.Of(session).Units);

        Close(session, End());

        Assert.Equal((TaskState.Ready, 1, ProcessKind.Own), (leader.State, leader.RetriesUsed, leader.Options.Process));
        Assert.Equal((TaskState.Ready, 0, 0, ProcessKind.Job), (rider.State, rider.RetriesUsed, rider.AttemptNumber, rider.Options.Process));
    }

    [Fact]
    public void Actor_IsChargedEachTime_AndItsDeathHasTheCause()
    {
        ActorRecord actor = new(new ActorId(_node.Job.NextChildId()), new ActorOptions { MaxRestarts = 1 }) { ClassName = "Counter" };
        TaskRecord creation = new(actor.Id.Creation, _node.Job, null, new TaskOptions { MaxRetries = 0, Process = ProcessKind.Own }) { Kind = TaskKind.ActorCreation, Actor = actor, Payload = new object(), Name = "Counter.ctor" };
        _node.Do(e => Assert.True(e.TryCreateActor(actor, creation)));
        NodeSession first = Construct();
        TaskRecord[] calls = [_node.Call(actor)];
        Array.ForEach(calls, c => Run(c, first));
        Assert.Equal(1, SessionWork.Of(first).Units);

        Close(first, End());

        Assert.Equal((ActorState.Restarting, 1), (actor.State, actor.RestartsUsed));
        Assert.All(calls, c => Assert.Equal(FailureKind.NodeOutOfMemory, Assert.IsType<Failure>(c.Value).Kind));

        // The second time it does nothing, and has filled the memory all the same.
        Close(Construct(), End());
        Assert.Equal((ActorState.Dead, _cause), (actor.State, actor.Death?.Cause));
    }

    [Fact]
    public void Work_SaysWhatMayRunAgain()
    {
        NodeSession session = Open();
        Assert.Equal((0, true), (SessionWork.Of(session).Units, SessionWork.Of(session).MayRunAgain));
        Run(Submit(retries: 1), session);
        SessionWork one = SessionWork.Of(session);
        Assert.Equal((1, true, "work", _node.Job.Root), (one.Units, one.MayRunAgain, Assert.Single(one.Names), Assert.Single(one.Callers)));
        Run(Submit(retries: 0), session);
        Assert.Equal((2, false), (SessionWork.Of(session).Units, SessionWork.Of(session).MayRunAgain));

        NodeSession last = Open();
        TaskRecord used = Submit(retries: 1);
        Close(Run(used), End());
        Run(used, last);
        Assert.False(SessionWork.Of(last).MayRunAgain);
    }

    [Fact]
    public void TaskOfAnotherNode_IsChargedByItsOwner_AsTheNodeThatRanItSays()
    {
        TestCluster cluster = new(2);
        NodeEngine host = cluster.Nodes[1];
        TaskOptions options = new() { MaxRetries = 1, Process = ProcessKind.Own, Affinity = host.Cluster!.Self };
        TaskRecord task = new(cluster.Job.NextChildId(), cluster.Job, null, options) { Name = "work", Payload = new object() };
        cluster.Nodes[0].Submit(task);
        foreach ((bool hasSiblings, int charged) in new[] { (true, 0), (true, 0), (false, 1) })
        {
            StopOn(cluster, host, hasSiblings);
            Assert.Equal((charged, false), (task.RetriesUsed, task.IsTerminal));
        }

        StopOn(cluster, host, hasSiblings: false);
        Assert.Equal((FailureKind.NodeOutOfMemory, _cause), (Assert.IsType<Failure>(task.Value).Kind, ((Failure)task.Value).Cause));
    }

    private void StopOn(TestCluster cluster, NodeEngine host, bool hasSiblings)
    {
        cluster.Deliver();
        NodeSession session = host.OpenSession("worker process");
        host.RunIn(session, Assert.IsType<Attempt>(host.TryStart()));
        host.CloseSession(session, End(hasSiblings), 0);
        cluster.Deliver();
    }

    private SessionEnd End(bool hasSiblings = false) => new("it was stopped") { OutOfMemory = _cause, HasSiblings = hasSiblings };

    private void Stop(TaskRecord task, bool hasSiblings = false) => Close(Run(task), End(hasSiblings));

    private NodeSession Open() => _node.Engine.OpenSession("worker process");

    private NodeSession Construct()
    {
        NodeSession session = Open();
        Attempt attempt = Assert.IsType<Attempt>(_node.TryStart());
        _node.Do(e => e.RunIn(session, attempt));
        _node.Do(e => e.OnMessage(session, new AttemptEndedMessage(attempt.Task.TaskId, attempt.Number, [], null, IsRetriable: false, null), 0));
        return session;
    }

    private TaskRecord Submit(int retries) =>
        _node.Send(new TaskRecord(_node.Job.NextChildId(), _node.Job, null, new TaskOptions { MaxRetries = retries, Process = ProcessKind.Job }) { Name = "work", Payload = new object() });

    private NodeSession Run(TaskRecord expected, NodeSession? session = null)
    {
        session ??= Open();
        Attempt attempt = Assert.IsType<Attempt>(_node.TryStart());
        Assert.Same(expected, attempt.Task);
        _node.Do(e => e.RunIn(session, attempt));
        return session;
    }

    private void Close(NodeSession session, SessionEnd end) => _node.Do(e => e.CloseSession(session, end, 0));
}
