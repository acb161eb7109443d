namespace RayOrleans.Core.Tests.Cluster.Tasks;

/// <summary>An attempt that is not the first begins once the table counts it: whoever takes the task over after its owner's death goes on from there.</summary>
public sealed class CountedAttemptTests
{
    private readonly TestCluster _cluster = new(4);
    private readonly Attempt _parent;

    public CountedAttemptTests()
    {
        _cluster.Submit(Owner);
        _parent = Owner.TryStart()!;
    }

    private NodeEngine Owner => _cluster.Nodes[1];

    private NodeEngine Heir => _cluster.Nodes[2];

    [Fact]
    public void Retry_OfTaskThatTheTableKnows_BeginsOnceThatHasHeardOfIt()
    {
        TaskRecord task = SubmitPublished(maxRetries: 1);
        _cluster.IsHeldBack = static b => b.To.IsShard;

        Fail(Owner.TryStart()!);
        _cluster.Deliver();

        Assert.Equal((TaskState.Waiting, 1), (task.State, task.AttemptNumber));
        Assert.Null(Owner.TryStart());
        _cluster.DeliverHeldBack();
        Assert.Equal(1, Owner.TryStart()?.Number);
    }

    [Fact]
    public void Retry_OfTaskThatNobodyElseKnows_BeginsAtOnce()
    {
        TaskRecord task = Submit(maxRetries: 1);
        _cluster.IsHeldBack = static b => b.To.IsShard;

        Fail(Owner.TryStart()!);

        Assert.Equal(TaskState.Ready, task.State);
    }

    [Fact]
    public void Retry_WithoutBound_BeginsAtOnce()
    {
        TaskRecord task = SubmitPublished(maxRetries: -1);
        _cluster.IsHeldBack = static b => b.To.IsShard;

        Fail(Owner.TryStart()!);

        Assert.Equal(TaskState.Ready, task.State);
    }

    [Fact]
    public void Retry_CancelledWhileItIsCounted_DoesNotBegin()
    {
        TaskRecord task = SubmitPublished(maxRetries: 1);
        _cluster.IsHeldBack = static b => b.To.IsShard;
        Fail(Owner.TryStart()!);
        _cluster.Deliver();

        Owner.Cancel(task, recursive: false);
        _cluster.DeliverHeldBack();

        Assert.Equal(TaskState.Cancelled, task.State);
        Assert.Null(Owner.TryStart());
    }

    /// <summary>The shard that was to count it has started anew: it is told all of the record instead.</summary>
    [Fact]
    public void Retry_WhoseCountWasLostWithTheShard_BeginsOnceTheNextHasHeardOfIt()
    {
        TaskRecord task = SubmitPublished(maxRetries: 1);
        _cluster.IsHeldBack = static b => b.To.IsShard;
        Fail(Owner.TryStart()!);
        _cluster.Deliver();

        _cluster.RestartShardWithout(_cluster.Nodes[3]);
        Assert.Equal(TaskState.Waiting, task.State);
        _cluster.DeliverHeldBack();

        Assert.Equal(1, Owner.TryStart()?.Number);
    }

    [Fact]
    public void Retry_OfOwnerThatDiesBeforeTheTableHeardOfIt_IsNotMadeTwice()
    {
        TaskRecord task = SubmitPublished(maxRetries: 1);
        _cluster.IsHeldBack = static b => b.To.IsShard;
        Fail(Owner.TryStart()!);
        _cluster.Deliver();
        List<Attempt> begun = [.. new[] { Owner.TryStart() }.OfType<Attempt>()];

        // What it said to the table comes too late.
        _cluster.Kill(Owner);
        _cluster.DeliverHeldBack();

        begun.AddRange(new[] { Heir.TryStart() }.OfType<Attempt>());
        Assert.Equal([(task.TaskId, 1)], begun.Select(a => (a.Task.TaskId, Attempt.OrdinalOf(a.Number))));
    }

    /// <summary>The heir's attempt too: the next heir knows of it.</summary>
    [Fact]
    public void AttemptOfAnHeir_BeginsOnceTheTableHasHeardOfIt()
    {
        TaskRecord task = SubmitPublished(maxRetries: 1);
        Assert.NotNull(Owner.TryStart());
        _cluster.IsHeldBack = static b => b.To.IsShard;

        _cluster.Kill(Owner);

        Assert.Null(Heir.TryStart());
        _cluster.DeliverHeldBack();
        Attempt attempt = Heir.TryStart()!;
        Assert.Equal((task.TaskId, 1), (attempt.Task.TaskId, Attempt.OrdinalOf(attempt.Number)));
    }

    /// <summary>One that was only in a process that somebody else ended is not charged for it, whoever owns it by then.</summary>
    [Fact]
    public void AttemptOfAnHeir_IsNotChargedForWhatItsOwnerWasNotChargedFor()
    {
        TaskRecord task = SubmitPublished(maxRetries: 1);
        Assert.True(Owner.Complete(Owner.TryStart()!, Outcome.SystemFailure(new Failure(FailureKind.WorkerCrashed, "its process was ended"), Blame.Bystander), now: 0));
        _cluster.Deliver();
        Owner.Tick(1_000_000);
        _cluster.Deliver();
        Assert.Equal((1, 0), (Owner.TryStart()?.Number, task.RetriesUsed));

        _cluster.Kill(Owner);

        Attempt attempt = Assert.IsType<Attempt>(Heir.TryStart());
        Assert.Equal((task.TaskId, 2, 1), (attempt.Task.TaskId, Attempt.OrdinalOf(attempt.Number), attempt.Task.RetriesUsed));
        Assert.Equal(1, _cluster.Shard.Snapshot().Rows.Single(r => r.Task == task.TaskId).Uncharged);
    }

    /// <summary>A task of the owner's, to which another node has a reference.</summary>
    private TaskRecord SubmitPublished(int maxRetries)
    {
        TaskRecord task = Submit(maxRetries);
        Owner.Submit(new TaskRecord(_parent.NextChildId(), _parent.Task.Job, _parent, new TaskOptions { Shape = ResourceShape.OneCpu, Affinity = Heir.Cluster!.Self })
        {
            Payload = new object(),
            Inputs = [task],
        });
        _cluster.Deliver();

        // The reader keeps the reference.
        Attempt reading = Heir.TryStart()!;
        Heir.Hold(reading.Task.Inputs![0]);
        Assert.True(Heir.Complete(reading, Outcome.Success(new object(), 1), now: 0));
        _cluster.Deliver();
        Assert.Equal(TaskState.Ready, task.State);
        return task;
    }

    private TaskRecord Submit(int maxRetries)
    {
        TaskRecord task = new(_parent.NextChildId(), _parent.Task.Job, _parent, new TaskOptions
        {
            Shape = ResourceShape.OneCpu,
            MaxRetries = maxRetries,
            Affinity = Owner.Cluster!.Self,
            IsSoftAffinity = true,
        })
        {
            Payload = new object(),
        };
        Owner.Submit(task);
        return task;
    }

    private void Fail(Attempt attempt) => Assert.True(Owner.Complete(attempt, Outcome.UserFailure(new Failure(FailureKind.UserError, "again"), isRetriable: true), now: 0));
}
