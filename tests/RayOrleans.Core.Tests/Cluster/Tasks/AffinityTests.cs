namespace RayOrleans.Core.Tests.Cluster.Tasks;

/// <summary>Tasks that must run on a node which is not (known to be) there.</summary>
public sealed class AffinityTests
{
    private const long Patience = 100;

    private static readonly NodeId Self = new((UInt128)1);
    private static readonly NodeId Other = new((UInt128)2);
    private static readonly NodeId Third = new((UInt128)3);

    private readonly NodeEngine _engine = new(new EngineOptions
    {
        Resources = ResourceShape.OneCpu,
        Cluster = new ClusterOptions { Self = Self, ShardCount = 1, UnknownNodePatience = Patience },
    });

    private readonly JobRecord _job;
    private readonly List<Effect> _effects = [];
    private Effect[] _buffer = new Effect[16];

    public AffinityTests() => _job = Machine.StartJob(new JobId(1), new TaskId(9, 1));

    private ClusterMachine Machine => _engine.Cluster!;

    [Fact]
    public void UnknownNode_ThatJoins_GetsTheTask()
    {
        TaskRecord task = Submit(Other);
        Assert.Equal(TaskState.Placing, task.State);
        Assert.Contains("not heard", _engine.Unschedulable(task), StringComparison.Ordinal);

        Do(e => e.Tick(5));
        Do(e => e.Cluster!.OnMember(Third, isAlive: true));
        Assert.Equal(TaskState.Placing, task.State);
        Do(e => e.Cluster!.OnMember(Other, isAlive: true));

        Assert.Equal((TaskState.Forwarded, Other), (task.State, task.RunsOn));
        Assert.Null(_engine.Unschedulable(task));
        Assert.Equal(task.TaskId, Sent<ExecuteMessage>(Other).Spec.Id);
    }

    [Fact]
    public void UnknownNode_ThatNeverAppears_FailsTheTaskAfterAWhile()
    {
        TaskRecord task = Submit(Other);

        // Time begins with the first tick, whatever the clock shows.
        Do(e => e.Tick(1_000_000));
        Do(e => e.Tick(1_000_000 + Patience - 1));
        Assert.Equal(TaskState.Placing, task.State);
        Do(e => e.Tick(1_000_000 + Patience));

        AssertUnschedulable(task, "has not appeared");
        Do(e => e.Cluster!.OnMember(Other, isAlive: true));
        Assert.Equal(TaskState.Failed, task.State);
    }

    [Fact]
    public void UnknownNode_WhereTheCallerWouldRatherWait_IsReportedOnceAndUsedWhenItAppears()
    {
        TaskRecord task = Submit(Other, fails: false);
        for (int i = 0; i < 10; i++)
        {
            long now = i * Patience;
            Do(e => e.Tick(now));
        }

        Assert.Equal(TaskState.Placing, task.State);
        Assert.Single(_effects, e => e.Kind == EffectKind.Unschedulable);
        Do(e => e.Cluster!.OnMember(Other, isAlive: true));
        Do(e => e.Tick(11 * Patience));
        Assert.Equal((TaskState.Forwarded, Other), (task.State, task.RunsOn));
    }

    [Fact]
    public void DeadNode_FailsTheTaskAtOnce()
    {
        Do(e => e.Cluster!.OnMember(Other, isAlive: true));
        Do(e => e.Cluster!.OnMember(Other, isAlive: false));

        AssertUnschedulable(Submit(Other), "declared dead");
    }

    [Fact]
    public void UnknownNode_ThatIsSaidToBeDead_FailsTheTaskAtOnce()
    {
        TaskRecord task = Submit(Other);

        Do(e => e.Cluster!.OnMember(Other, isAlive: false));

        AssertUnschedulable(task, "declared dead");
    }

    [Fact]
    public void Node_ThatDiesBeforeTheTaskHasLeft_FailsItInsteadOfRunningItElsewhere()
    {
        Do(e => e.Cluster!.OnMember(Other, isAlive: true));
        TaskRecord task = Submit(Other);
        Assert.Equal(TaskState.Forwarded, task.State);

        Do(e => e.Cluster!.OnMember(Other, isAlive: false));

        AssertUnschedulable(task, "declared dead");
    }

    [Fact]
    public void Node_ThatRefusesTheTask_FailsItInsteadOfRunningItElsewhere()
    {
        Do(e => e.Cluster!.OnMember(Other, isAlive: true));
        TaskRecord task = Submit(Other);
        Sent<ExecuteMessage>(Other);

        Do(e => e.Cluster!.OnBatch(new Batch(Party.Of(Other), 0, Party.Of(Self), 0, 1, [new RefusedMessage(task.TaskId, 0, IsMoved: false)])));

        AssertUnschedulable(task, "has not what it asks for");
    }

    [Fact]
    public void UnknownNode_OfATaskThatMayFallBack_IsNotWaitedFor()
    {
        TaskRecord task = Submit(Other, soft: true);

        Assert.Equal(TaskState.Ready, task.State);
    }

    [Fact]
    public void UnknownNode_OfATaskThatIsCancelled_IsNotWaitedForAnyMore()
    {
        TaskRecord task = Submit(Other);

        Do(e => e.Cancel(task, recursive: true));

        Assert.Equal(TaskState.Cancelled, task.State);
        Do(e => e.Cluster!.OnMember(Other, isAlive: true));
        Do(e => e.Tick(10 * Patience));
        Assert.Equal(TaskState.Cancelled, task.State);
        Assert.Equal(0, Machine.ForwardedTasks);
    }

    private TaskRecord Submit(NodeId node, bool soft = false, bool fails = true)
    {
        TaskRecord task = new(
            _job.NextChildId(), _job, null, new TaskOptions { Shape = ResourceShape.OneCpu, Affinity = node, IsSoftAffinity = soft, FailIfUnschedulable = fails && !soft })
        {
            Name = "work",
            Payload = "work",
        };
        Do(e => e.Submit(task));
        return task;
    }

    private void Do(Action<NodeEngine> command)
    {
        command(_engine);
        int count = _engine.TakeEffects(ref _buffer);
        _effects.AddRange(_buffer.AsSpan(0, count));
    }

    /// <summary>Takes what waits on the link to a node, and the message of that sort in it.</summary>
    private TMessage Sent<TMessage>(NodeId to)
        where TMessage : Message
    {
        Link link = _effects.Where(e => e.Kind == EffectKind.LinkReady).Select(e => (Link)e.Subject).Last(l => l.To == Party.Of(to));
        return Assert.Single(Machine.TakeBatch(link)!.Messages.OfType<TMessage>());
    }

    private static void AssertUnschedulable(TaskRecord task, string why)
    {
        Assert.Equal(TaskState.Failed, task.State);
        Failure failure = Assert.IsType<Failure>(task.Value);
        Assert.Equal(FailureKind.Unschedulable, failure.Kind);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }
}
