namespace RayOrleans.Runtime.Tests.Errors;

/// <summary>What a user's code does where the runtime calls it, or might, without being a task.</summary>
public sealed class HostileCodeTests
{
    [Fact]
    public async Task Error_WhoseTextThrows_IsTheTasksError()
    {
        await using IRay ray = await Nodes.StartAsync();
        using ActorHandle<Thrower> actor = ray.Actor(() => new Thrower());
        ObjectRef[] failing =
        [
            ray.Remote(Throw),
            ray.Remote(new Func<Task<int>>(() => Task.FromException<int>(new Mute()))),
            ray.Remote(async () =>
            {
                await Task.Yield();
                throw new Mute();
            }),
            actor.Remote(a => a.Throw()),
            actor.Remote(a => a.ThrowLaterAsync()),
        ];
        foreach (ObjectRef reference in failing)
        {
            RayTaskException error = await Assert.ThrowsAsync<RayTaskException>(() => reference.Soon());
            Assert.IsType<Mute>(error.InnerException);
            Assert.Contains(nameof(Mute), error.Message, StringComparison.Ordinal);
            Assert.Contains(nameof(NotSupportedException), error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(1, await actor.Remote(a => a.One()).Soon());
        Assert.Equal(0, await ray.Remote(ThrowInPlace).Soon());
    }

    [Fact]
    public async Task Error_OfAnActorsConstructor_WhoseTextThrows_IsToldToItsCallers()
    {
        await using IRay ray = await Nodes.StartAsync();
        using ActorHandle<Thrower> actor = ray.Actor(() => new Thrower(new Mute()));
        ActorDiedException error = await Assert.ThrowsAsync<ActorDiedException>(() => actor.Remote(a => a.One()).Soon());
        Assert.Contains(nameof(Mute), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Value_ThatIsDisposable_IsTheUsersToDisposeOf()
    {
        await using IRay ray = await Nodes.StartAsync();
        int before = Lease.Disposed;
        ObjectRef<Lease> made = ray.Remote(() => new Lease(7));
        ObjectRef<Lease> put = ray.Put(new Lease(8));
        Assert.Equal(15, (await made.Soon()).Number + (await put.Soon()).Number);
        made.Dispose();
        put.Dispose();
        await ray.AssertNothingIsLeftAsync();
        Assert.Equal(before, Lease.Disposed);
    }

    [Fact]
    public async Task Await_UnderAContextThatTakesNothing_GoesOn_AndKeepsNobodyElseWaiting()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate gate = Gate.New();
        ObjectRef<int> value = ray.Remote(g => g.Enter(), gate);
        TaskCompletionSource<int> continued = new(TaskCreationOptions.RunContinuationsAsynchronously);
        SynchronizationContext? outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new EndedContext());
        try
        {
            ObjectRefAwaiter<int> awaiter = value.GetAwaiter();
            awaiter.OnCompleted(() => continued.SetResult(awaiter.GetResult()));
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }

        Task<int> other = value.Soon();
        gate.Open();
        Assert.Equal(await other, await continued.Task.WaitAsync(Patience.Limit));
    }

    private static int Throw() => throw new Mute();

    /// <summary>Short tasks are run by those who wait for them, once they are known to be short.</summary>
    private static int ThrowInPlace()
    {
        int wrong = 0;
        for (int i = 0; i < 200; i++)
        {
            try
            {
                _ = Ray.Get(Ray.Remote(Throw));
                wrong++;
            }
            catch (RayTaskException error) when (error.InnerException is Mute)
            {
                // As it should be.
                continue;
            }
        }

        return wrong;
    }

    public sealed class Mute : Exception
    {
        public override string Message => throw new NotSupportedException();
    }

    public readonly struct Lease(int number) : IDisposable
    {
        private static int s_disposed;

        public static int Disposed => Volatile.Read(ref s_disposed);

        public int Number { get; } = number;

        public void Dispose() => Interlocked.Increment(ref s_disposed);
    }

    private sealed class EndedContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => throw new InvalidOperationException("The window is closed.");
    }

    private sealed class Thrower
    {
        public Thrower(Exception? error = null)
        {
            if (error is not null)
            {
                throw error;
            }
        }

        public int One() => 1;

        public int Throw() => throw new Mute();

        public async Task<int> ThrowLaterAsync()
        {
            await Task.Yield();
            throw new Mute();
        }
    }
}
