namespace RayOrleans.Runtime.Tests.State;

public sealed class ContextTests
{
    [Fact]
    public async Task Context_OfTheDriver_IsTheJobs()
    {
        await using IRay ray = await Nodes.StartAsync(configure: o => o.Namespace = "prod");
        RayContext context = ray.Context;
        Assert.NotEqual(JobId.None, context.JobId);
        Assert.Equal(ray.Nodes()[0].NodeId, context.NodeId);
        Assert.Equal("prod", context.Namespace);
        Assert.True(context.ActorId.IsNone);
        Assert.Equal("", context.TaskName);
        Assert.Empty(context.AssignedResources);
        Assert.False(context.CancellationToken.CanBeCanceled);
    }

    [Fact]
    public async Task Context_OfATask_IsItsOwn()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int> task = ray.Options(name: "who").Remote(() =>
        {
            RayContext here = Ray.Context;
            Seen = here;
            return here.Attempt;
        });
        Assert.Equal(0, await task.Soon());
        RayContext context = Seen!;
        Assert.Equal(ray.Context.JobId, context.JobId);
        Assert.Equal(task.Id.Task, context.TaskId);
        Assert.Equal("who", context.TaskName);
        Assert.Equal(ray.Context.Namespace, context.Namespace);
        Assert.True(context.ActorId.IsNone);
        Assert.NotEqual(default, context.WorkerId);
        Assert.Equal(1, context.AssignedResources["CPU"]);
        Assert.Empty(context.GpuIds);
    }

    [Fact]
    public async Task Context_AfterAnAwait_IsStillTheTasks()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<bool> task = ray.Remote(async () =>
        {
            TaskId before = Ray.Context.TaskId;
            await Task.Yield();
            await Ray.Remote(() => 1);
            return before == Ray.Context.TaskId;
        });
        Assert.True(await task.Soon());
    }

    [Fact]
    public async Task Context_OfInlineTasks_IsTheirOwnAndTheCallersAgainAfterwards()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        Assert.True(await ray.Remote(() =>
        {
            TaskId self = Ray.Context.TaskId;
            for (int i = 0; i < 100; i++)
            {
                ObjectRef<TaskId> child = Ray.Remote(() => Ray.Context.TaskId);
                if (Ray.Get(child) != child.Id.Task || Ray.Context.TaskId != self)
                {
                    return false;
                }
            }

            return true;
        }).Soon());
    }

    [Fact]
    public async Task ExecutionContext_OfOneTask_DoesNotReachTheNext()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        ObjectRef<int>[] tasks = [.. Enumerable.Range(1, 50).Select(i => ray.Remote(
            x =>
            {
                int before = Local.Value;
                Local.Value = x;
                return before;
            },
            i))];
        Assert.All(ray.Get(tasks, Patience.Limit), v => Assert.Equal(0, v));
    }

    private static readonly AsyncLocal<int> Local = new();

    private static RayContext? Seen { get; set; }
}
