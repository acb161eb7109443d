namespace RayOrleans.Core.Tests.Cluster.Tasks;

/// <summary>A task that runs again for one of its results makes the others too if they are lost meanwhile, or says why not.</summary>
public sealed class KeptResultTests
{
    private readonly TestCluster _cluster = new(2);
    private readonly TaskRecord _task;
    private readonly object[] _values = [new(), new()];

    /// <summary>Both parts lie on the driver's node, and nobody else knows of them.</summary>
    public KeptResultTests()
    {
        TaskId id = _cluster.Job.NextChildId();
        _task = new TaskRecord(id, _cluster.Job, null, new TaskOptions { Shape = ResourceShape.OneCpu, MaxRetries = 3, Spread = true }) { Payload = new object(), Name = "F" };
        _task.Parts = [new ObjectEntry(id, 1, _task), new ObjectEntry(id, 2, _task)];
        Driver.Submit(_task);
        _cluster.Deliver();
        _cluster.Place(Driver);
        Driver.Hold(_task.Parts[0]);
        Driver.Hold(_task.Parts[1]);
        Assert.True(Driver.Complete(Driver.TryStart()!, Made(_task, _values), now: 0));
        _cluster.Deliver();
    }

    private NodeEngine Driver => _cluster.Nodes[0];

    private NodeEngine Worker => _cluster.Nodes[1];

    private ObjectEntry[] Parts => _task.Parts!;

    [Fact]
    public void KeptResult_LostWhileTheAttemptRunsElsewhere_IsMadeAgain()
    {
        Attempt attempt = LoseBoth();
        Assert.True(Worker.Complete(attempt, Made(attempt.Task, [new(), new()]), now: 0));
        _cluster.Deliver();

        Assert.Equal((ObjectStatus.Pending, ObjectStatus.Remote), (Parts[0].Status, Parts[1].Status));
        Assert.Equal((TaskState.Placing, 2), (_task.State, _task.AttemptNumber));
    }

    [Fact]
    public void KeptResult_LostAfterTheAttemptHadFailed_SaysWhy()
    {
        Driver.LoseHere(Parts[1], _values[1], "when it was damaged");
        _cluster.Deliver();
        _cluster.Place(Driver);
        Failure failure = new(FailureKind.UserError, "not today", null, _task.TaskId);
        Assert.True(Driver.Complete(Driver.TryStart()!, Outcome.UserFailure(failure, isRetriable: false), now: 0));

        Driver.LoseHere(Parts[0], _values[0], "when it was damaged");

        Assert.Contains("not today", Assert.IsType<Failure>(Parts[0].Value).Message, StringComparison.Ordinal);
    }

    private Attempt LoseBoth()
    {
        Driver.LoseHere(Parts[1], _values[1], "when it was damaged");
        _cluster.Deliver();
        _cluster.Place(Worker);
        Attempt attempt = Worker.TryStart()!;
        Assert.Equal(1, attempt.Number);
        Driver.LoseHere(Parts[0], _values[0], "when it was damaged");
        return attempt;
    }

    private static Outcome Made(TaskRecord task, object[] values) =>
        Outcome.Success(null, 0, task.Parts, [new PartValue(values[0], 1_000, null), new PartValue(values[1], 1_000, null)]);
}
