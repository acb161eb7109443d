using RayOrleans.Api.Tests.Fakes;

namespace RayOrleans.Api.Tests.Objects;

public sealed class WaitTests
{
    private readonly FakeRay _ray = new();

    [Fact]
    public void Wait_KeepsTheOrderOfTheInput()
    {
        List<ObjectRef<int>> refs = Make(6, ready: i => i is 1 or 3 or 4);
        var (ready, notReady) = _ray.Wait(refs, numReturns: 2);
        Assert.Equal([refs[1], refs[3]], ready);
        Assert.Equal([refs[0], refs[2], refs[4], refs[5]], notReady);
    }

    [Fact]
    public void Wait_NothingOrEverythingReady_GivesWholeLists()
    {
        List<ObjectRef<int>> none = Make(3, _ => false);
        WaitResult<int> nothing = _ray.Wait(none, timeout: TimeSpan.Zero);
        Assert.Empty(nothing.Ready);
        Assert.Equal(none, nothing.NotReady);
        WaitResult<int> everything = _ray.Wait(Make(3, _ => true), numReturns: 3);
        Assert.Equal(3, everything.Ready.Count);
        Assert.Empty(everything.NotReady);
    }

    [Fact]
    public void Wait_LaterChangesOfTheCallersList_AreNotSeen()
    {
        List<ObjectRef<int>> refs = Make(3, i => i == 0);
        ObjectRef<int>[] before = [.. refs];
        WaitResult<int> result = _ray.Wait(refs);
        refs.Clear();
        Assert.Equal([before[0]], result.Ready);
        Assert.Equal(before[1..], result.NotReady);
        Assert.Throws<NotSupportedException>(() => ((ICollection<ObjectRef<int>>)result.NotReady).Clear());
    }

    [Fact]
    public void Wait_InALoopOverAPrefix_CopiesNothingAfterTheFirst()
    {
        const int Count = 1000;
        IReadOnlyList<ObjectRef<int>> notReady = Make(Count, _ => true);
        (_, notReady) = _ray.Wait(notReady);
        (IReadOnlyList<ObjectRef<int>> ready, IReadOnlyList<ObjectRef<int>> rest) = new WaitResult<int>(notReady, [0]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int[] first = [0];
        while (notReady.Count > 0)
        {
            (ready, notReady) = new WaitResult<int>(notReady, first);
        }

        long perStep = (GC.GetAllocatedBytesForCurrentThread() - before) / Count;
        Assert.Single(ready);
        Assert.Equal(Count - 2, rest.Count);
        Assert.InRange(perStep, 0, 128);
    }

    [Fact]
    public void Wait_MixedTypes_GivesTheBaseType()
    {
        ObjectRef<int> number = _ray.Put(1);
        ObjectRef<string> text = _ray.Put("a");
        WaitResult result = _ray.Wait([number, text]);
        Assert.Equal([number], result.Ready);
        Assert.Equal([text], result.NotReady);
        ObjectRef<int>[] array = [number, number];
        ObjectRef[] covariant = array;
        Assert.Equal(2, _ray.Wait(covariant, numReturns: 2).Ready.Count);
    }

    [Fact]
    public async Task Wait_FailedTask_CountsAsReadyAndDoesNotThrow()
    {
        ObjectRef<int> failed = _ray.Remote(int () => throw new InvalidOperationException());
        _ = Assert.Single(_ray.Wait([failed]).Ready);
        _ = Assert.Single((await _ray.WaitAsync([failed])).Ready);
    }

    [Fact]
    public void Wait_EmptyList_GivesAnEmptyResultWithoutWaiting()
    {
        WaitResult<int> result = _ray.Wait(new List<ObjectRef<int>>());
        Assert.Empty(result.Ready);
        Assert.Empty(result.NotReady);
        Assert.Equal(0, _ray.Waits);
        Assert.Empty(default(WaitResult).Ready);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(3)]
    public void Wait_NumReturnsOutOfRange_Throws(int numReturns)
    {
        List<ObjectRef<int>> refs = Make(2, _ => true);
        Assert.Equal("numReturns", Assert.Throws<ArgumentOutOfRangeException>(() => _ray.Wait(refs, numReturns)).ParamName);
    }

    [Fact]
    public void Wait_NullAndNegativeTimeout_AreRefused()
    {
        List<ObjectRef<int>> refs = Make(1, _ => true);
        Assert.Throws<ArgumentNullException>(() => _ray.Wait((IReadOnlyList<ObjectRef<int>>)null!));
        Assert.Throws<ArgumentNullException>(() => _ray.Wait(new ObjectRef<int>[] { null! }));
        Assert.Equal("timeout", Assert.Throws<ArgumentOutOfRangeException>(() => _ray.Wait(refs, timeout: TimeSpan.FromSeconds(-2))).ParamName);
        Assert.Single(_ray.Wait(refs, timeout: Timeout.InfiniteTimeSpan).Ready);
    }

    [Fact]
    public void ReferenceView_PartOfAnArray_ReadsAsAList()
    {
        List<ObjectRef<int>> refs = Make(5, _ => true);
        IReadOnlyList<ObjectRef<int>> tail = new WaitResult<int>(refs, [0, 1]).NotReady;
        Assert.Equal(refs[2..], tail);
        Assert.Equal(refs[4], tail[2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => tail[3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => tail[-1]);
        Assert.Equal(3, ((IReferenceView)tail).References.Length);
        Assert.True(((ICollection<ObjectRef<int>>)tail).Contains(refs[2]));
        Assert.False(((ICollection<ObjectRef<int>>)tail).Contains(refs[1]));
        Assert.Equal(refs[2..], tail.ToArray());
    }

    [Fact]
    public async Task AsCompleted_GivesEachOnceInOrderOfCompletion()
    {
        FakeEntry[] entries = [new(), new(), new()];
        List<ObjectRef<int>> refs = [.. entries.Select(e => _ray.Hold.Ref<int>(e))];
        entries[2].Completion.SetResult(2);
        IAsyncEnumerator<ObjectRef<int>> order = _ray.AsCompleted(refs).GetAsyncEnumerator();
        await using (order)
        {
            Assert.True(await order.MoveNextAsync());
            Assert.Equal(refs[2], order.Current);
            ValueTask<bool> next = order.MoveNextAsync();
            Assert.False(next.IsCompleted);
            entries[0].Completion.SetException(new InvalidOperationException());
            Assert.True(await next.AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
            Assert.Equal(refs[0], order.Current);
            entries[1].Completion.SetResult(1);
            Assert.True(await order.MoveNextAsync());
            Assert.Equal(refs[1], order.Current);
            Assert.False(await order.MoveNextAsync());
        }
    }

    [Fact]
    public async Task AsCompleted_Cancelled_Ends()
    {
        using CancellationTokenSource source = new();
        ObjectRef<int> never = _ray.Hold.Ref<int>(new FakeEntry());
        Task reading = Task.Run(async () =>
        {
            await foreach (ObjectRef<int> reference in _ray.AsCompleted([never]).WithCancellation(source.Token))
            {
                _ = reference;
            }
        });
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private List<ObjectRef<int>> Make(int count, Func<int, bool> ready) =>
        [.. Enumerable.Range(0, count).Select(i => ready(i) ? _ray.Put(i) : _ray.Hold.Ref<int>(new FakeEntry()))];
}
