namespace RayOrleans.Runtime.Tests.Objects;

public sealed class WaitTests
{
    [Fact]
    public async Task Wait_WithAllReady_GivesOneAndTheRestInOrder()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int>[] refs = [.. Enumerable.Range(0, 5).Select(i => ray.Put(i))];
        (IReadOnlyList<ObjectRef<int>> ready, IReadOnlyList<ObjectRef<int>> rest) = ray.Wait(refs);
        Assert.Equal([refs[0]], ready);
        Assert.Equal(refs[1..], rest);
        Assert.Equal(refs, ray.Wait(refs, 5).Ready);
        Assert.Empty(ray.Wait(refs, 5).NotReady);
    }

    [Fact]
    public async Task Wait_WithSomeReady_KeepsBothListsInOrder()
    {
        await using IRay ray = await Nodes.StartAsync(8);
        Gate[] gates = [.. Enumerable.Range(0, 5).Select(_ => Gate.New())];
        ObjectRef<int>[] refs = [.. gates.Select(g => ray.Remote(x => x.Enter(), g))];
        gates[3].Open();
        gates[1].Open();
        WaitResult<int> result = await Patience.OnThread(() => ray.Wait(refs, 2), "two of five");
        Assert.Equal([refs[1], refs[3]], result.Ready);
        Assert.Equal([refs[0], refs[2], refs[4]], result.NotReady);
        foreach (Gate gate in gates)
        {
            gate.Open();
        }

        WaitResult<int> all = await ray.WaitAsync(refs, 5, Patience.Limit);
        Assert.Equal(refs, all.Ready);
    }

    [Fact]
    public async Task Wait_WhoseTimeIsOver_GivesWhatIsReady()
    {
        await using IRay ray = await Nodes.StartAsync(4);
        Gate gate = Gate.New();
        ObjectRef<int> pending = ray.Remote(g => g.Enter(), gate);
        ObjectRef<int> there = ray.Put(1);
        foreach (WaitResult<int> result in new[]
        {
            ray.Wait([pending, there], 2, TimeSpan.FromMilliseconds(20)),
            ray.Wait([pending, there], 2, TimeSpan.Zero),
            await ray.WaitAsync([pending, there], 2, TimeSpan.FromMilliseconds(20)),
        })
        {
            Assert.Equal([there], result.Ready);
            Assert.Equal([pending], result.NotReady);
        }

        gate.Open();
    }

    [Fact]
    public async Task Wait_ForAFailedTask_CountsItAsReadyAndDoesNotThrow()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int> failed = ray.Remote(new Func<int>(() => throw new FormatException()));
        WaitResult<int> result = await ray.WaitAsync([failed], timeout: Patience.Limit);
        Assert.Equal([failed], result.Ready);
        await Assert.ThrowsAsync<RayTaskException>(() => failed.Soon());
    }

    [Fact]
    public async Task Wait_OverMixedTypes_Works()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate gate = Gate.New();
        ObjectRef number = ray.Put(1);
        ObjectRef nothing = ray.Remote(() => { });
        ObjectRef pending = ray.Remote(g => g.Enter(), gate);
        WaitResult result = await Patience.OnThread(() => ray.Wait(new[] { pending, number, nothing }, 2), "two of three");
        Assert.Equal([number, nothing], result.Ready);
        Assert.Equal([pending], result.NotReady);
        gate.Open();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(3)]
    public async Task Wait_ForAnImpossibleNumber_IsRefused(int numReturns)
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int>[] refs = [ray.Put(1), ray.Put(2)];
        Assert.Throws<ArgumentOutOfRangeException>(() => ray.Wait(refs, numReturns));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await ray.WaitAsync(refs, numReturns));
        Assert.Throws<ArgumentOutOfRangeException>(() => ray.Wait(refs, 1, TimeSpan.FromSeconds(-2)));
    }

    [Fact]
    public async Task Wait_InsideATask_FreesItsCpu()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        int ready = await ray.Remote(() =>
        {
            ObjectRef<int>[] children = [Ray.Remote(() => 1), Ray.Remote(() => 2)];
            return Ray.Wait(children, 2).Ready.Count;
        }).Soon();
        Assert.Equal(2, ready);
    }

    [Fact]
    public async Task AsCompleted_GivesTheReadyOnesFirst()
    {
        await using IRay ray = await Nodes.StartAsync(4);
        Gate[] gates = [Gate.New(), Gate.New(), Gate.New()];
        ObjectRef<int>[] refs = [.. gates.Select((g, i) => ray.Remote((x, n) => (x.Enter() * 0) + n, g, i))];
        List<int> order = [];
        gates[2].Open();
        await foreach (ObjectRef<int> done in ray.AsCompleted(refs))
        {
            order.Add(await done);
            gates[Math.Max(0, 2 - order.Count)].Open();
        }

        Assert.Equal([2, 1, 0], order);
    }

    [Fact]
    public async Task AsCompleted_WithFailures_GivesThemToo()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int>[] refs = [ray.Put(1), ray.Remote(new Func<int>(() => throw new FormatException()))];
        int failures = 0;
        int count = 0;
        await foreach (ObjectRef<int> done in ray.AsCompleted(refs))
        {
            count++;
            try
            {
                await done;
            }
            catch (RayTaskException)
            {
                failures++;
            }
        }

        Assert.Equal((2, 1), (count, failures));
    }

    [Fact]
    public async Task AsCompleted_OfNothing_Ends()
    {
        await using IRay ray = await Nodes.StartAsync();
        await foreach (ObjectRef<int> _ in ray.AsCompleted(Array.Empty<ObjectRef<int>>()))
        {
            Assert.Fail("There was nothing to give.");
        }
    }

    [Fact]
    public async Task FiredWaits_LeaveNothingBehindOnWhatIsPending()
    {
        await using IRay ray = await Nodes.StartAsync(4);
        Gate gate = Gate.New();
        ObjectRef<int> pending = ray.Remote(g => g.Enter(), gate);
        for (int i = 0; i < 200; i++)
        {
            ObjectRef<int> quick = ray.Remote(x => x, i);
            Assert.Equal([quick], (await ray.WaitAsync([pending, quick], timeout: Patience.Limit)).Ready);
        }

        gate.Open();
        Assert.Equal(1, await pending.Soon());
    }
}
