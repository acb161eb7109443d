namespace RayOrleans.Runtime.Tests.Tasks;

public sealed class RetryTests
{
    [Fact]
    public async Task FailedTask_UnlessAsked_RunsOnce()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate ran = Gate.New();
        RayTaskException error = await Assert.ThrowsAsync<RayTaskException>(() => ray.Remote(FailAlways, ran).Soon());
        Assert.Equal(1, ran.Arrivals);
        Assert.Equal(0, error.Attempt);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 4)]
    public async Task FailedTask_WithRetriedExceptions_RunsExactlyThatOften(int maxRetries, int runs)
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate ran = Gate.New();
        ObjectRef<int> task = ray.Options(maxRetries: maxRetries, retryExceptions: true).Remote(FailAlways, ran);
        RayTaskException error = await Assert.ThrowsAsync<RayTaskException>(() => task.Soon());
        Assert.Equal(runs, ran.Arrivals);
        Assert.Equal(maxRetries, error.Attempt);
    }

    [Fact]
    public async Task FailedTask_RetriedWithoutBound_GoesOnUntilItSucceeds()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate ran = Gate.New();
        ObjectRef<int> task = ray.Options(maxRetries: -1, retryExceptions: true).Remote(
            g => g.Arrive() < 20 ? throw new FormatException() : Ray.Context.Attempt, ran);
        Assert.Equal(19, await task.Soon());
        Assert.Equal(20, ran.Arrivals);
    }

    [Fact]
    public async Task FailedTask_WithAListOfTypes_RetriesOnlyThoseAndTheirDescendants()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate listed = Gate.New();
        Gate derived = Gate.New();
        Gate other = Gate.New();
        RemoteOptions options = ray.Options(maxRetries: 2, retryExceptions: [typeof(IOException), typeof(FormatException)]);
        await Assert.ThrowsAsync<RayTaskException>(() => options.Remote(FailAlways, listed).Soon());
        await Assert.ThrowsAsync<RayTaskException>(() => options.Remote(
            new Func<Gate, int>(g =>
            {
                g.Arrive();
                throw new FileNotFoundException();
            }), derived).Soon());
        await Assert.ThrowsAsync<RayTaskException>(() => options.Remote(
            new Func<Gate, int>(g =>
            {
                g.Arrive();
                throw new InvalidOperationException();
            }), other).Soon());
        Assert.Equal(3, listed.Arrivals);
        Assert.Equal(3, derived.Arrivals);
        Assert.Equal(1, other.Arrivals);
    }

    [Fact]
    public async Task FailedTask_OfAnAsynchronousFunction_IsRetried()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate ran = Gate.New();
        ObjectRef<int> task = ray.Options(maxRetries: 5, retryExceptions: [typeof(FormatException)]).Remote(
            async (Gate g) =>
            {
                int run = g.Arrive();
                await Task.Yield();
                return run < 3 ? throw new FormatException() : run;
            },
            ran);
        Assert.Equal(3, await task.Soon());
    }

    [Fact]
    public async Task RetriedTask_WithArguments_GetsThemEachTime()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate ran = Gate.New();
        ObjectRef<string> large = ray.Put(new string('x', 300_000));
        ObjectRef<int> task = ray.Options(maxRetries: 3, retryExceptions: true).Remote(
            (s, t, g) => g.Arrive() < 3 ? throw new FormatException() : s.Length + t.Length, large, new string('y', 5), ran);
        large.Dispose();
        Assert.Equal(300_005, await task.Soon());
    }

    [Fact]
    public async Task RetriedTask_WhoseEarlierAttemptLeftChildren_CancelsThem()
    {
        await using IRay ray = await Nodes.StartAsync(4);
        Gate ran = Gate.New();
        Gate child = Gate.New();
        Gate cancelled = Gate.New();
        ObjectRef<int> task = ray.Options(maxRetries: 1, retryExceptions: true).Remote(
            (r, c, x) =>
            {
                if (r.Arrive() == 1)
                {
                    _ = Ray.Remote((Gate a, Gate b) => Linger(a, b), c, x);
                    c.AwaitArrivals(1);
                    throw new FormatException();
                }

                return 7;
            },
            ran,
            child,
            cancelled);
        Assert.Equal(7, await task.Soon());
        cancelled.AwaitArrivals(1);
        child.Open();
    }

    private static int Linger(Gate arrived, Gate cancelled)
    {
        try
        {
            arrived.Enter(Ray.Context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            cancelled.Arrive();
        }

        return 0;
    }

    private static int FailAlways(Gate ran)
    {
        ran.Arrive();
        throw new FormatException("always");
    }
}
