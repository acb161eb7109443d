using RayOrleans.Api.Tests.Fakes;

namespace RayOrleans.Api.Tests.Calls;

public sealed class InvocationTests
{
    [Fact]
    public void Execute_SynchronousFunction_AllocatesNothing()
    {
        ValueInvocation<int, int, int> call = new(static (a, b) => a + b, 1, 2);
        CountingFrame frame = new();
        for (int i = 0; i < 1000; i++)
        {
            call.Execute(frame);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            call.Execute(frame);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2000, frame.Returns);
    }

    [Fact]
    public void Execute_FinishedTask_ReturnsOnTheSpot()
    {
        FakeFrame frame = new();
        Assert.Null(new TaskOfValueInvocation<int>(() => Task.FromResult(3)).Execute(frame));
        Assert.Equal(3, frame.Result);
        Assert.Null(new ValueTaskInvocation(() => default).Execute(frame));
        Assert.Equal(default(Unit), frame.Result);
    }

    [Fact]
    public async Task Execute_PendingTask_StaysOnTheSchedulerOfTheCaller()
    {
        ConcurrentExclusiveSchedulerPair pair = new();
        TaskCompletionSource<int> source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        SchedulerFrame frame = new();
        Task? running = null;
        await Task.Factory.StartNew(
            () => running = new TaskOfValueInvocation<int>(() => source.Task).Execute(frame),
            CancellationToken.None,
            TaskCreationOptions.None,
            pair.ExclusiveScheduler);
        source.SetResult(1);
        await running!.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Same(pair.ExclusiveScheduler, frame.Scheduler);
    }

    [Fact]
    public async Task Execute_FailingFunctions_FailHereOrInTheTask()
    {
        FakeFrame frame = new();
        Assert.IsType<InvalidOperationException>(Record.Exception(() => { new VoidInvocation(() => throw new InvalidOperationException()).Execute(frame); }));
        Task? failed = new TaskInvocation(() => Task.FromException(new InvalidOperationException())).Execute(frame);
        await Assert.ThrowsAsync<InvalidOperationException>(() => failed!);
        Exception? nothing = Record.Exception(() => { new TaskInvocation(() => null!).Execute(frame); });
        Assert.Contains("returned null", Assert.IsType<InvalidOperationException>(nothing).Message, StringComparison.Ordinal);
        Assert.Equal(0, frame.Returns);
    }

    [Fact]
    public void Pack_Arguments_AreShownInOrderAndOnlyWhereTheyCouldChange()
    {
        FakeHold hold = new FakeRay().Hold;
        ObjectRef<string> reference = hold.Ready("b");
        ValueInvocation<int, string, int[], CancellationToken, int> call = new((a, b, c, d) => a + b.Length + c.Length, 1, reference, new int[2], default);
        FakePacker packer = new();
        call.Pack(packer);
        Assert.Equal([reference], packer.Dependencies);
        Assert.Equal([typeof(int[])], packer.PackedTypes);
        FakeFrame frame = new();
        Assert.Null(call.Execute(frame));
        Assert.Equal(4, frame.Result);
    }

    [Fact]
    public void Execute_PackedFunction_IsTheOneThatRuns()
    {
        ValueInvocation<int> call = new(() => 1) { PackedFunction = (Func<int>)(() => 2) };
        FakeFrame frame = new();
        call.Execute(frame);
        Assert.Equal(2, frame.Result);
    }

    private sealed class CountingFrame : CallFrame
    {
        public int Returns { get; private set; }

        public override CancellationToken CancellationToken => default;

        public override void Return<T>(T value) => Returns++;

        public override bool Yield<T>(T item) => true;

        public override ValueTask<bool> YieldAsync<T>(T item) => new(true);

        protected override T ReadArgument<T>(in Arg<T> arg) => arg.Value!;

        protected override Delegate UnpackFunction(object packed) => (Delegate)packed;
    }

    private sealed class SchedulerFrame : CallFrame
    {
        public TaskScheduler? Scheduler { get; private set; }

        public override CancellationToken CancellationToken => default;

        public override void Return<T>(T value) => Scheduler = TaskScheduler.Current;

        public override bool Yield<T>(T item) => true;

        public override ValueTask<bool> YieldAsync<T>(T item) => new(true);

        protected override T ReadArgument<T>(in Arg<T> arg) => arg.Value!;

        protected override Delegate UnpackFunction(object packed) => (Delegate)packed;
    }
}
