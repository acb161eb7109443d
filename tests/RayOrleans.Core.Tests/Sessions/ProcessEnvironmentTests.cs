namespace RayOrleans.Core.Tests.Sessions;

/// <summary>Work with an environment of its own: with whom it rides, and who is charged when that environment cannot be made.</summary>
public sealed class ProcessEnvironmentTests
{
    private static readonly ProcessEnvironment Files = ProcessEnvironment.Of(null, "files")!;

    private readonly TestEngine _node = new(cpus: 1);
    private readonly object _cause = new();

    [Fact]
    public void Riders_HaveTheEnvironmentOfTheirLeader()
    {
        Submit(Files);
        TaskRecord same = Submit(ProcessEnvironment.Of(null, "files"));
        TaskRecord other = Submit(ProcessEnvironment.Of(null, "others"));
        TaskRecord none = Submit(null);

        IReadOnlyList<Attempt> riders = _node.Engine.RunIn(Open(), Assert.IsType<Attempt>(_node.TryStart()), riders: 4);

        Assert.Same(same, Assert.Single(riders).Task);
        Assert.Equal((TaskState.Ready, TaskState.Ready), (other.State, none.State));
    }

    [Fact]
    public void EnvironmentThatCannotBeMade_IsChargedEachTime_AndFailsWithTheCause()
    {
        TaskRecord task = Submit(Files);
        TaskRecord rider = Submit(Files);

        NodeSession session = Open();
        Assert.Single(_node.Engine.RunIn(session, Assert.IsType<Attempt>(_node.TryStart()), riders: 1));
        Close(session);
        Assert.Equal((TaskState.Ready, 1), (task.State, task.RetriesUsed));
        Assert.Equal((TaskState.Ready, 0, 0), (rider.State, rider.RetriesUsed, rider.AttemptNumber));

        while (!task.IsTerminal || !rider.IsTerminal)
        {
            session = Open();
            Attempt attempt = Assert.IsType<Attempt>(_node.TryStart());
            _node.Do(e => e.RunIn(session, attempt));
            Close(session);
        }

        Assert.All([task, rider], t => Assert.Equal((FailureKind.RuntimeEnv, _cause), (Assert.IsType<Failure>(t.Value).Kind, ((Failure)t.Value).Cause)));
        Assert.Equal((1, 1), (task.RetriesUsed, rider.RetriesUsed));
    }

    private TaskRecord Submit(ProcessEnvironment? environment) =>
        _node.Send(new TaskRecord(_node.Job.NextChildId(), _node.Job, null, new TaskOptions { MaxRetries = 1, Process = ProcessKind.Job, Environment = environment }) { Name = "work", Payload = new object() });

    private NodeSession Open() => _node.Engine.OpenSession("worker process");

    private void Close(NodeSession session) => _node.Do(e => e.CloseSession(session, new SessionEnd("it was not started") { NoEnvironment = _cause }, 0));
}
