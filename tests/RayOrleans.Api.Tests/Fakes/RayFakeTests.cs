namespace RayOrleans.Api.Tests.Fakes;

public sealed class RayFakeTests
{
    private readonly FakeRay _ray = new();

    [Fact]
    public async Task Result_FailureAndPending_BehaveAsReferences()
    {
        ObjectRef<int> there = RayFake.Result(3);
        Assert.Equal(3, await there);
        Assert.NotEqual(there, RayFake.Result(3));
        ObjectRef<int> failed = RayFake.Failure<int>(new NodeDiedException("gone"));
        await Assert.ThrowsAsync<NodeDiedException>(async () => await failed);
        TaskCompletionSource<(int, string)> source = new();
        ObjectRef<(int, string)> pending = RayFake.Pending(source.Task);
        Assert.False(pending.IsCompleted);
        (ObjectRef<int> number, ObjectRef<string> text) = pending;
        source.SetResult((1, "a"));
        Assert.Equal((1, "a"), (await number, await text.AsTask()));
        List<int> items = await Items(RayFake.Stream(Two())).ToListAsync();
        Assert.Equal([1, 2], items);
    }

    [Fact]
    public async Task Run_TheCallOfAFake_RunsInPlace()
    {
        ValueInvocation<int, int, int> add = new((a, b) => a + b, 1, RayFake.Result(2));
        Assert.Equal(3, await RayFake.Run<int>(new RemoteCall(add)));
        TaskOfValueInvocation<List<int>, int> count = new(async l => { await Task.Yield(); return l.Count; }, Arg<List<int>>.Actor);
        Assert.Equal(1, await RayFake.Run<int>(new RemoteCall(count), actor: new List<int> { 5 }));
        ObjectRef<Unit> failed = RayFake.Run<Unit>(new RemoteCall(new VoidInvocation(() => throw new InvalidOperationException("no"))));
        RayTaskException error = await Assert.ThrowsAsync<RayTaskException>(async () => await failed);
        Assert.Equal("System.InvalidOperationException", error.OriginalTypeName);
        Assert.Throws<ArgumentException>(() => { RayFake.Run<string>(new RemoteCall(add)); });
    }

    [Fact]
    public void Handle_Calls_GoToTheFake()
    {
        ActorHandle<string> handle = RayFake.Handle<string>(_ray);
        Assert.NotEqual(handle, RayFake.Handle<string>(_ray));
        Assert.Throws<KeyNotFoundException>(() => { handle.Remote(s => s.Length); });
    }

    private static async IAsyncEnumerable<int> Two()
    {
        await Task.Yield();
        yield return 1;
        yield return 2;
    }

    private static async IAsyncEnumerable<T> Items<T>(ObjectRefStream<T> stream)
    {
        await foreach (ObjectRef<T> item in stream)
        {
            yield return await item;
        }
    }
}
