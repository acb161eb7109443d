namespace RayOrleans.Runtime.Tests.Cluster.Nodes;

/// <summary>How often tasks and calls run when nodes die or code throws, to the number; what their last failure says; and which attempt they see themselves as.</summary>
public sealed class RetryDeathTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 3)]
    public async Task ThrowingTask_OnAnotherNode_RunsExactlyThatOften(int maxRetries, int runs)
    {
        await using TwoNodes nodes = TwoNodes.Start();
        Gate ran = Gate.New();
        ObjectRef<int> task = Elsewhere(nodes, maxRetries, [typeof(FormatException)]).Remote(static g => Throw<FormatException>(g), ran);

        RayTaskException error = await Assert.ThrowsAsync<RayTaskException>(() => task.Soon());

        Assert.Equal(runs, ran.Arrivals);
        Assert.Equal((maxRetries, nodes.Second.Services.NodeId), (error.Attempt, error.NodeId));
        Assert.IsType<FormatException>(error.InnerException);
    }

    [Fact]
    public async Task ThrowingTask_OfATypeThatIsNotListed_RunsOnce()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        Gate ran = Gate.New();
        ObjectRef<int> task = Elsewhere(nodes, 3, [typeof(FormatException)]).Remote(static g => Throw<InvalidOperationException>(g), ran);

        await Assert.ThrowsAsync<RayTaskException>(() => task.Soon());

        Assert.Equal(1, ran.Arrivals);
    }

    [Fact]
    public async Task TaskWithoutRetries_WhoseNodeDies_RanOnceAndNamesTheNode()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        NodeId second = nodes.Second.Services.NodeId;
        Gate gate = Gate.New();
        ObjectRef<int> task = Soft(nodes, maxRetries: 0).Remote(static g => g.Enter(), gate);
        gate.AwaitArrivals(1);

        await nodes.Nodes.RemoveAsync(nodes.Second);
        NodeDiedException error = await Assert.ThrowsAsync<NodeDiedException>(() => task.Soon());
        gate.Open();

        Assert.Equal(second, error.NodeId);
        Assert.Contains($"node {second}", error.Message, StringComparison.Ordinal);
        Assert.Contains("maxRetries 0", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, gate.Arrivals);
    }

    [Fact]
    public async Task TaskWithOneRetry_WhoseNodeDies_RunsTwice_AndEachAttemptIsSeen()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        NodeId second = nodes.Second.Services.NodeId;
        Gate gate = Gate.New();
        ObjectRef<int> task = Soft(nodes, maxRetries: 1, name: "twice").Remote(
            static g =>
            {
                g.Enter();
                return Ray.Context.Attempt;
            },
            gate);
        gate.AwaitArrivals(1);
        TaskInfo first = Assert.Single(await nodes.Ray.State.TasksAsync(t => t.Name == "twice" && t.NodeId == second));

        await nodes.Nodes.RemoveAsync(nodes.Second);
        gate.AwaitArrivals(2);
        gate.Open();

        Assert.Equal(1, await task.Soon());
        Assert.Equal(2, gate.Arrivals);
        Assert.Equal((0, TaskState.Running), (first.Attempt, first.State));
        Patience.Until(
            () => nodes.Ray.State.Tasks(t => t.Name == "twice" && t.Attempt == 1 && t.State == TaskState.Succeeded).Count == 1, "the second attempt was listed");
    }

    [Fact]
    public async Task Task_WhoseRetriesAreUsedUpByDeaths_SaysHowOftenItRan()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        Gate gate = Gate.New();
        ObjectRef<int> task = nodes.Ray.Options(resources: new() { ["victim"] = 1 }, maxRetries: 1).Remote(static g => g.Enter(), gate);
        for (int run = 1; run <= 2; run++)
        {
            LocalNode victim = nodes.Nodes.Add(Victim());
            gate.AwaitArrivals(run);
            await nodes.Nodes.RemoveAsync(victim);
        }

        NodeDiedException error = await Assert.ThrowsAsync<NodeDiedException>(() => task.Soon());
        gate.Open();

        Assert.Equal(2, gate.Arrivals);
        Assert.Contains("ran 2 times", error.Message, StringComparison.Ordinal);
        Assert.Contains("maxRetries 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LargeResult_OfATaskWithoutRetries_WhoseNodeDies_SaysWhyItIsNotMadeAgain()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        NodeId second = nodes.Second.Services.NodeId;
        Gate ran = Gate.New();
        ObjectRef<int[]> large = Soft(nodes, maxRetries: 0, name: "large").Remote(
            static g =>
            {
                g.Arrive();
                return new int[60_000];
            },
            ran);
        await nodes.Ray.WaitAsync([large], fetchLocal: false);
        await nodes.Nodes.RemoveAsync(nodes.Second);

        ObjectReconstructionFailedException error = await Assert.ThrowsAsync<ObjectReconstructionFailedException>(() => large.Soon());

        Assert.Equal((1, 1), (ran.Arrivals, error.Attempts));
        Assert.Contains("large", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{second}", error.Message, StringComparison.Ordinal);
        Assert.Contains("maxRetries 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_WithTaskRetries_WhoseActorsNodeDies_RunsTwice_AndSeesItsAttempt()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        Gate gate = Gate.New();
        ActorHandle<Worker> actor = SoftActor(nodes, maxTaskRetries: 1).Actor(static () => new Worker());
        ObjectRef<int> call = actor.Remote(static (w, g) => w.Enter(g), gate);
        gate.AwaitArrivals(1);

        await nodes.Nodes.RemoveAsync(nodes.Second);
        gate.AwaitArrivals(2);
        gate.Open();

        Assert.Equal(1, await call.Soon());
        Assert.Equal(2, gate.Arrivals);
    }

    [Fact]
    public async Task Call_WithoutTaskRetries_WhoseActorsNodeDies_RanOnceAndSaysSo_AndLaterCallsAreServed()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        Gate gate = Gate.New();
        ActorHandle<Worker> actor = SoftActor(nodes, maxTaskRetries: 0).Actor(static () => new Worker());
        ObjectRef<int> call = actor.Remote(static (w, g) => w.Enter(g), gate);
        gate.AwaitArrivals(1);

        await nodes.Nodes.RemoveAsync(nodes.Second);
        ActorUnavailableException error = await Assert.ThrowsAsync<ActorUnavailableException>(() => call.Soon());
        gate.Open();

        Assert.Equal(1, gate.Arrivals);
        Assert.Contains("maxTaskRetries", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await actor.Remote(static w => w.Attempt()).Soon());
    }

    [Fact]
    public async Task Actor_ThatMayNotRestart_WhoseNodeDies_SaysWhereAndWhy()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        NodeId second = nodes.Second.Services.NodeId;
        ActorHandle<Worker> actor = nodes.Ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(second, soft: true)).Actor(static () => new Worker());
        Assert.Equal(0, await actor.Remote(static w => w.Attempt()).Soon());

        await nodes.Nodes.RemoveAsync(nodes.Second);
        ActorDiedException error = await Assert.ThrowsAsync<ActorDiedException>(() => actor.Remote(static w => w.Attempt()).Soon());

        Assert.Equal(second, error.NodeId);
        Assert.Contains($"node {second}", error.Message, StringComparison.Ordinal);
        Assert.Contains("maxRestarts 0", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task ThrowingCall_WithRetryExceptions_RunsExactlyThatOften(int maxTaskRetries)
    {
        await using TwoNodes nodes = TwoNodes.Start();
        Gate ran = Gate.New();
        ActorHandle<Worker> actor = nodes.Ray.Options(
            schedulingStrategy: SchedulingStrategy.NodeAffinity(nodes.Second.Services.NodeId), maxTaskRetries: maxTaskRetries, retryExceptions: [typeof(FormatException)])
            .Actor(static () => new Worker());

        RayTaskException error = await Assert.ThrowsAsync<RayTaskException>(() => actor.Remote(static (w, g) => Throw<FormatException>(g), ran).Soon());

        Assert.Equal((maxTaskRetries + 1, maxTaskRetries), (ran.Arrivals, error.Attempt));
        Assert.Equal(nodes.Second.Services.NodeId, error.NodeId);
    }

    private static RayOptions Victim()
    {
        RayOptions options = TwoNodes.Options(1);
        options.Resources["victim"] = 1;
        return options;
    }

    private static RemoteOptions Elsewhere(TwoNodes nodes, int maxRetries, RetryExceptions retried) => nodes.Ray.Options(
        schedulingStrategy: SchedulingStrategy.NodeAffinity(nodes.Second.Services.NodeId), maxRetries: maxRetries, retryExceptions: retried);

    private static RemoteOptions Soft(TwoNodes nodes, int maxRetries, string? name = null) => nodes.Ray.Options(
        schedulingStrategy: SchedulingStrategy.NodeAffinity(nodes.Second.Services.NodeId, soft: true), maxRetries: maxRetries, name: name);

    private static RemoteOptions SoftActor(TwoNodes nodes, int maxTaskRetries) => nodes.Ray.Options(
        schedulingStrategy: SchedulingStrategy.NodeAffinity(nodes.Second.Services.NodeId, soft: true), maxRestarts: -1, maxTaskRetries: maxTaskRetries);

    private static int Throw<TException>(Gate gate)
        where TException : Exception, new()
    {
        gate.Arrive();
        throw new TException();
    }

    internal sealed class Worker
    {
        public int Enter(Gate gate)
        {
            gate.Enter();
            return Ray.Context.Attempt;
        }

        public int Attempt() => Ray.Context.Attempt;
    }
}
