namespace RayOrleans.Runtime.Tests.State;

public sealed class ListingTests
{
    [Fact]
    public async Task Tasks_AreListedByState()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        Gate gate = Gate.New();
        ObjectRef<int> done = ray.Options(name: "done").Remote(() => 1);
        await done.Soon();
        ObjectRef<int> running = ray.Options(name: "running").Remote(g => g.Enter(), gate);
        gate.AwaitArrivals(1);
        ObjectRef<int> queued = ray.Options(name: "queued").Remote(() => 1);
        ObjectRef<int> waiting = ray.Options(name: "waiting").Remote(x => x, running);
        ObjectRef<int> cancelled = ray.Options(name: "cancelled").Remote(() => 1);
        ray.Cancel(cancelled);
        Assert.Equal(TaskState.Succeeded, Only(ray, "done").State);
        Assert.Equal(TaskState.Running, Only(ray, "running").State);
        Assert.Equal(TaskState.WaitingForResources, Only(ray, "queued").State);
        Assert.Equal(TaskState.WaitingForArguments, Only(ray, "waiting").State);
        Assert.Equal(TaskState.Cancelled, Only(ray, "cancelled").State);
        TaskInfo info = Only(ray, "running");
        Assert.Equal(running.Id.Task, info.TaskId);
        Assert.Equal(ray.Context.JobId, info.JobId);
        Assert.Equal(ray.Context.TaskId, info.ParentTaskId);
        Assert.Equal(ray.Nodes()[0].NodeId, info.NodeId);
        Assert.Equal(1, info.RequiredResources["CPU"]);
        Assert.True(info.StateTimes[TaskState.Submitted] <= info.StateTimes[TaskState.Running]);
        gate.Open();
        ray.Get([running, queued, waiting], Patience.Limit);
    }

    [Fact]
    public async Task FailedTask_IsListedOnceWithItsError()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int> failed = ray.Options(name: "bad").Remote(new Func<int>(() => throw new FormatException("because")));
        ObjectRef<int> dependent = ray.Options(name: "after").Remote(x => x, failed);
        await Assert.ThrowsAsync<RayTaskException>(() => dependent.Soon());
        Patience.Until(() => ray.State.Tasks(t => t.State == TaskState.Failed).Count == 2, "both failures were listed");
        TaskInfo bad = Only(ray, "bad");
        Assert.Equal(typeof(FormatException).FullName, bad.ErrorType);
        Assert.Contains("because", bad.ErrorMessage);
        Assert.Equal(TaskState.Failed, Only(ray, "after").State);
    }

    [Fact]
    public async Task CancelledTask_ThatRan_IsListedOnceAsCancelled()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        Gate gate = Gate.New();
        ObjectRef task = ray.Options(name: "stopped").Remote((Gate g) => g.Enter(Ray.Context.CancellationToken), gate);
        gate.AwaitArrivals(1);
        ray.Cancel(task);
        Patience.Until(() => ray.FreeCpus() == 1, "its body had returned");
        Assert.Equal(1, await ray.Remote(() => 1).Soon());
        TaskInfo info = Only(ray, "stopped");
        Assert.Equal(TaskState.Cancelled, info.State);
        Assert.Equal(1, ray.Services().Events.Cancelled);
    }

    [Fact]
    public async Task RetriedTask_IsListedPerAttempt()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate ran = Gate.New();
        ObjectRef<int> task = ray.Options(name: "again", maxRetries: 3, retryExceptions: true)
            .Remote(g => g.Arrive() < 3 ? throw new FormatException() : 1, ran);
        await task.Soon();
        Patience.Until(() => ray.State.Tasks(t => t.Name == "again").Count == 3, "three attempts were listed");
        TaskInfo[] attempts = [.. ray.State.Tasks(t => t.Name == "again").OrderBy(t => t.Attempt)];
        Assert.Equal([0, 1, 2], attempts.Select(t => t.Attempt));
        Assert.Equal([TaskState.Failed, TaskState.Failed, TaskState.Succeeded], attempts.Select(t => t.State));
    }

    [Fact]
    public async Task Objects_AreListedWithTheirSizes()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate gate = Gate.New();
        ObjectRef<string> put = ray.Put(new string('x', 500));
        ObjectRef<int> pending = ray.Remote(g => g.Enter(), gate);
        ObjectInfo info = Assert.Single(ray.State.Objects(o => o.ObjectId == put.Id));
        Assert.True(info.IsReady);
        Assert.True(info.SizeBytes >= 1000);
        Assert.Equal([ray.Nodes()[0].NodeId], info.Locations);
        Assert.Equal(1, info.Holds);
        ObjectInfo other = Assert.Single(ray.State.Objects(o => !o.IsReady));
        Assert.Equal(pending.Id, other.ObjectId);
        Assert.Null(other.SizeBytes);
        gate.Open();
        await pending.Soon();
    }

    [Fact]
    public async Task NodesAndJobs_AreListed()
    {
        await using IRay ray = await Nodes.StartAsync(3, o => o.Labels["zone"] = "a");
        NodeInfo node = Assert.Single(ray.State.Nodes());
        Assert.True(node.IsAlive);
        Assert.Equal(3, node.Resources["CPU"]);
        Assert.Equal("a", node.Labels["zone"]);
        Assert.Equal(64 << 20, node.ObjectStoreBytes);
        JobInfo job = Assert.Single(ray.State.Jobs());
        Assert.True(job.IsRunning);
        Assert.Equal(ray.Context.JobId, job.JobId);
        Assert.Empty(ray.State.Nodes(n => !n.IsAlive));
    }

    [Fact]
    public async Task Listing_LongerThanItsLimit_SaysSo()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int>[] refs = [.. Enumerable.Range(0, 150).Select(i => ray.Put(i))];
        StateList<ObjectInfo> some = ray.State.Objects();
        Assert.Equal(100, some.Count);
        Assert.Equal(150, some.Total);
        Assert.True(some.Truncated);
        Assert.False(ray.State.Objects(limit: 150).Truncated);
        Assert.Throws<ArgumentOutOfRangeException>(() => ray.State.Objects(limit: -1));
        GC.KeepAlive(refs);
    }

    [Fact]
    public async Task Counters_OfEnds_AreExact()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int>[] refs = [.. Enumerable.Range(0, 3_000).Select(i => ray.Remote(x => x % 3 == 0 ? throw new FormatException() : x, i))];
        await ray.WaitAsync(refs, refs.Length, Patience.Limit);
        Patience.Until(() => ray.Services().Events.Failed + ray.Services().Events.Succeeded == 3_000, "all ends were counted");
        Assert.Equal(1_000, ray.Services().Events.Failed);
    }

    private static TaskInfo Only(IRay ray, string name)
    {
        Patience.Until(() => ray.State.Tasks(t => t.Name == name).Count > 0, $"task {name} was listed");
        return Assert.Single(ray.State.Tasks(t => t.Name == name));
    }
}
