namespace RayOrleans.Runtime.Tests.Errors;

public sealed class TaskErrorTests
{
    [Fact]
    public async Task Error_OfATask_TellsWhatWhereAndHow()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int> task = ray.Remote(Fail, "boom");
        RayTaskException error = Assert.Throws<RayTaskException>(() => ray.Get(task, Patience.Limit));
        Odd inner = Assert.IsType<Odd>(error.InnerException);
        Assert.Equal(3, inner.Number);
        Assert.Contains("boom", error.Message);
        Assert.Contains("Fail", error.FunctionName);
        Assert.Contains("Fail", error.RemoteStackTrace);
        Assert.Equal(ray.Nodes()[0].NodeId, error.NodeId);
        Assert.Equal(typeof(Odd).FullName, error.OriginalTypeName);
        Assert.Equal(task.Id.Task, error.TaskId);
        Assert.IsAssignableFrom<IRayException>(error);
    }

    [Fact]
    public async Task Error_OfATask_IsThrownByEveryWayOfAsking()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int> task = ray.Remote(Fail, "x");
        await Assert.ThrowsAsync<RayTaskException>(() => task.Soon());
        await Assert.ThrowsAsync<RayTaskException>(async () => await task);
        await Assert.ThrowsAsync<RayTaskException>(async () => await (ObjectRef)task);
        await Assert.ThrowsAsync<RayTaskException>(async () => await ray.GetAsync(task));
        await Assert.ThrowsAsync<RayTaskException>(async () => await ray.GetAsync([task]));
        Assert.Throws<RayTaskException>(() => ray.Get([ray.Put(1), task]));
        Assert.NotSame(Record.Exception(() => ray.Get(task)), Record.Exception(() => ray.Get(task)));
    }

    [Fact]
    public async Task Error_OfEachShape_IsTheFunctions()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef[] failing =
        [
            ray.Remote(new Func<int>(() => throw new Odd("a"))),
            ray.Remote(new Action(() => throw new Odd("a"))),
            ray.Remote(async () =>
            {
                await Task.Yield();
                throw new Odd("a");
            }),
            ray.Remote(new Func<Task<int>>(() => throw new Odd("a"))),
            ray.Remote(new Func<Task<int>>(() => Task.FromException<int>(new Odd("a")))),
            ray.Remote(new Func<ValueTask>(() => ValueTask.FromException(new Odd("a")))),
            ray.Remote(new Func<ValueTask<int>>(async () =>
            {
                await Task.Yield();
                throw new Odd("a");
            })),
        ];
        foreach (ObjectRef reference in failing)
        {
            Assert.IsType<Odd>((await Assert.ThrowsAsync<RayTaskException>(() => reference.Soon())).InnerException);
        }
    }

    [Fact]
    public async Task Error_ThroughSeveralTasks_KeepsTheOriginalAndEachHop()
    {
        await using IRay ray = await Nodes.StartAsync();
        RayTaskException error = await Assert.ThrowsAsync<RayTaskException>(() => ray.Remote(Relay, 2).Soon());
        Assert.IsType<Odd>(error.GetBaseException());
        Assert.Contains("deep", error.Message);
        string text = error.ToString();
        Assert.Contains(nameof(Relay), text);
        Assert.Contains(nameof(Fail), text);
    }

    [Fact]
    public async Task FunctionThatReturnsNoTask_FailsAndSaysSo()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int> task = ray.Remote(new Func<Task<int>>(() => null!));
        Assert.IsType<InvalidOperationException>((await Assert.ThrowsAsync<RayTaskException>(() => task.Soon())).InnerException);
    }

    [Fact]
    public async Task OperationCanceledByTheBodyItself_IsAnOrdinaryError()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int> thrown = ray.Remote(new Func<int>(() => throw new OperationCanceledException()));
        Assert.IsAssignableFrom<OperationCanceledException>((await Assert.ThrowsAsync<RayTaskException>(() => thrown.Soon())).InnerException);
        ObjectRef<int> cancelled = ray.Remote(() => Task.FromCanceled<int>(new CancellationToken(true)));
        Assert.IsAssignableFrom<OperationCanceledException>((await Assert.ThrowsAsync<RayTaskException>(() => cancelled.Soon())).InnerException);
    }

    [Fact]
    public async Task FailedTask_ThatIsNeverLookedAt_DisturbsNobody()
    {
        await using IRay ray = await Nodes.StartAsync();
        for (int i = 0; i < 100; i++)
        {
            _ = ray.Remote(Fail, "unseen");
        }

        Assert.Equal(1, await ray.Remote(() => 1).Soon());
        await ray.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task StackThatRunsDeep_ThroughInlineTasks_DoesNotOverflow()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        Assert.Equal(400, await ray.Remote(Descend, 400).Soon());
    }

    private static int Descend(int depth) => depth == 0 ? 0 : Ray.Get(Ray.Remote(Descend, depth - 1)) + 1;

    private static int Relay(int hops) => Ray.Get(hops == 0 ? Ray.Remote(Fail, "deep") : Ray.Remote(Relay, hops - 1));

    private static int Fail(string message) => throw new Odd(message);

    public sealed class Odd(string message) : Exception(message)
    {
        public int Number { get; } = 3;
    }
}
