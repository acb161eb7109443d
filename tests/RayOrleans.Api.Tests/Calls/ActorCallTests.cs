using RayOrleans.Api.Tests.Fakes;

namespace RayOrleans.Api.Tests.Calls;

public sealed class ActorCallTests : IDisposable
{
    private readonly FakeRay _ray = new();
    private readonly RayScope _scope;

    public ActorCallTests() => _scope = Ray.Use(_ray);

    public void Dispose() => _scope.Dispose();

    private sealed class Counter(int start)
    {
        private int _value = start;

        public int Add(int n) => _value += n;

        public void Reset() => _value = 0;

        public async Task<int> AddAsync(int n)
        {
            await Task.Yield();
            return Add(n);
        }

        public async Task ResetAsync()
        {
            await Task.Yield();
            Reset();
        }

        public ValueTask<int> Current() => new(_value);

        public ValueTask Nothing(int n, CancellationToken token) => token.CanBeCanceled ? new(Task.FromException(new InvalidOperationException($"{n}"))) : default;

        public IEnumerable<int> Down()
        {
            for (int i = _value; i > 0; i--)
            {
                yield return i;
            }
        }

        public async IAsyncEnumerable<int> Up(int to)
        {
            for (int i = 1; i <= to; i++)
            {
                await Task.Yield();
                yield return i;
            }
        }
    }

    [Fact]
    public async Task Actor_ConstructorArguments_AreValuesAndReferences()
    {
        ActorHandle<Counter> one = Ray.Actor(() => new Counter(1));
        ActorHandle<Counter> two = Ray.Actor(s => new Counter(s), 2);
        ActorHandle<Counter> three = _ray.Actor(s => new Counter(s), Ray.Put(3));
        ActorHandle<Counter> four = Ray.Options(maxRestarts: 1).Actor((a, b) => new Counter(a + b), Ray.Put(3), 1);
        Assert.Equal(1, _ray.Last.Call.Options!.MaxRestarts);
        ActorHandle<Counter>[] all = [one, two, three, four];
        for (int i = 0; i < all.Length; i++)
        {
            Assert.Equal(i + 1, await all[i].Remote(c => c.Current()));
        }

        Assert.Equal(4, all.Distinct().Count());
    }

    [Fact]
    public async Task Actor_AsynchronousConstructor_IsUnwrapped()
    {
        var made = Ray.Actor(() => Task.FromResult(new Counter(7)));
        Assert.Equal(7, await StaticType.Is<ActorHandle<Counter>>(ref made).Remote(c => c.Current()));
        Assert.Equal(CallShape.TaskOfValue, _ray.Calls[0].Shape);
    }

    [Fact]
    public async Task Remote_OnHandle_TakesEveryShapeOnTheActor()
    {
        ActorHandle<Counter> counter = Ray.Actor(() => new Counter(0));
        Assert.Equal(5, await counter.Remote(c => c.Add(5)));
        Assert.Equal(CallShape.Value, _ray.Last.Shape);
        Assert.Equal(6, await counter.Remote((c, n) => c.AddAsync(n), 1));
        Assert.Equal(CallShape.TaskOfValue, _ray.Last.Shape);
        Assert.Equal(6, await counter.Remote(c => c.Current()));
        Assert.Equal(CallShape.ValueTaskOfValue, _ray.Last.Shape);
        await counter.Remote(c => c.ResetAsync());
        Assert.Equal(CallShape.Task, _ray.Last.Shape);
        await counter.Remote(c => c.Nothing(1, CancellationToken.None));
        Assert.Equal(CallShape.ValueTask, _ray.Last.Shape);
        _ = counter.Remote(c => c.Reset());
        Assert.Equal(CallShape.Void, _ray.Last.Shape);
        Assert.All(_ray.Calls.Skip(1), c => Assert.Equal(nameof(IRay.SubmitActorCall), c.Kind));
        Assert.Equal(6, await counter.Remote((c, x, y, z) => c.Add(x + y + z), 1, Ray.Put(2), 3));
    }

    [Fact]
    public async Task Remote_MethodGroupOfTheActor_WorksAsAnOpenDelegate()
    {
        ActorHandle<Counter> counter = Ray.Actor(() => new Counter(1));
        static int Twice(Counter c) => c.Add(c.Add(0));
        Assert.Equal(2, await counter.Remote(Twice));
    }

    [Fact]
    public async Task Remote_OnHandleWithToken_GetsTheRuntimes()
    {
        using CancellationTokenSource source = new();
        _ray.Token = source.Token;
        ActorHandle<Counter> counter = Ray.Actor(() => new Counter(0));
        await Assert.ThrowsAsync<RayTaskException>(async () => await counter.Remote((c, n, token) => c.Nothing(n, token), 3));
    }

    [Fact]
    public async Task Stream_OnHandle_GivesTheItems()
    {
        ActorHandle<Counter> counter = Ray.Actor(() => new Counter(3));
        Assert.Equal([3, 2, 1], await ItemsAsync(counter.Stream(c => c.Down())));
        Assert.Equal([1, 2], await ItemsAsync(counter.Stream((c, to) => c.Up(to), Ray.Put(2))));
        Assert.Equal(nameof(IRay.SubmitActorStream), _ray.Last.Kind);
    }

    [Fact]
    public void Kill_PassesTheHandleOn()
    {
        ActorHandle<Counter> counter = Ray.Actor(() => new Counter(0));
        Ray.Kill(counter, noRestart: false);
        Assert.Equal((counter, false), _ray.Killed);
        Assert.Throws<InvalidOperationException>(Ray.ExitActor);
        Assert.Throws<ArgumentException>(() => Ray.GetActor<Counter>("none"));
    }

    private static async Task<List<int>> ItemsAsync(ObjectRefStream<int> stream)
    {
        List<int> items = [];
        await foreach (ObjectRef<int> item in stream)
        {
            items.Add(await item);
        }

        return items;
    }
}
