using System.Runtime.CompilerServices;

namespace RayOrleans.Runtime.Tests.Objects;

public sealed class LifetimeTests
{
    [Fact]
    public async Task Objects_WhoseReferencesAreCollected_AreDeleted()
    {
        await using IRay ray = await Nodes.StartAsync();
        MakeAndDrop(ray);
        await ray.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Objects_WhoseReferencesAreDisposedOf_AreDeletedAtOnce()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int> put = ray.Put(1);
        ObjectRef<int> made = ray.Remote(() => 2);
        await made.Soon();
        Assert.Equal(2, ray.LiveObjects());
        put.Dispose();
        made.Dispose();
        Assert.Equal(0, ray.LiveObjects());
        put.Dispose();
        made.Dispose();
        Assert.Equal(0, ray.LiveObjects());
    }

    [Fact]
    public async Task PendingTask_WhoseReferenceIsDropped_StillRuns()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate ran = Gate.New();
        ray.Remote(g => g.Arrive(), ran).Dispose();
        ran.AwaitArrivals(1);
        await ray.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Argument_DroppedByItsOwner_LivesUntilTheTaskHasEnded()
    {
        await using IRay ray = await Nodes.StartAsync(1);
        Gate busy = Gate.New();
        ObjectRef<int> blocker = ray.Remote(g => g.Enter(), busy);
        ObjectRef<int> argument = ray.Put(5);
        ObjectRef<int> user = ray.Remote(x => x + 1, argument);
        argument.Dispose();
        Nodes.Collect();
        busy.Open();
        Assert.Equal(6, await user.Soon());
        blocker.Dispose();
        user.Dispose();
        await ray.AssertNothingIsLeftAsync();
    }

    [Theory]
    [InlineData("fails")]
    [InlineData("is cancelled")]
    public async Task Argument_OfATaskThatEndsOtherwise_IsLetGo(string how)
    {
        await using IRay ray = await Nodes.StartAsync(1);
        Gate gate = Gate.New();
        ObjectRef<string> argument = ray.Put(new string('x', 1000));
        ObjectRef<int> user = ray.Remote(
            new Func<string, Gate, int>((s, g) =>
            {
                g.Enter();
                throw new FormatException();
            }), argument, gate);
        argument.Dispose();
        gate.AwaitArrivals(1);
        Assert.Equal(2, ray.LiveObjects());
        if (how == "is cancelled")
        {
            ray.Cancel(user);
        }
        else
        {
            gate.Open();
        }

        await Assert.ThrowsAnyAsync<Exception>(() => user.Soon());

        // The body of a cancelled task keeps what it reads until it returns.
        gate.Open();
        Patience.Until(() => ray.LiveObjects() == 1, "the argument was let go");
        user.Dispose();
        await ray.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task DisposedReference_NeverHangs()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int> gone = ray.Put(1);
        gone.Dispose();
        ObjectLostException error = await Patience.OnThread(() => Assert.Throws<ObjectLostException>(() => ray.Get(gone)), "Get of a disposed reference");
        Assert.Equal(gone.Id, error.ObjectId);
        await Assert.ThrowsAsync<ObjectLostException>(() => gone.Soon());
        await Assert.ThrowsAsync<ObjectLostException>(async () => await gone);
        await Assert.ThrowsAsync<ObjectLostException>(async () => await ray.GetAsync([gone]));
        ObjectRef<int> user = ray.Remote(x => x + 1, gone);
        await Assert.ThrowsAsync<ObjectLostException>(() => user.Soon());
        _ = Assert.Single((await ray.WaitAsync([gone], timeout: Patience.Limit)).Ready);
    }

    [Fact]
    public async Task Free_OfAnObject_DeletesItThoughReferencesRemain()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<string> value = ray.Put(new string('x', 1000));
        Assert.True(ray.LiveBytes() >= 2000);
        ray.Free(value);
        Assert.Equal(0, ray.LiveBytes());
        ObjectLostException error = Assert.Throws<ObjectLostException>(() => ray.Get(value));
        Assert.Contains("Free", error.Message);
        ObjectRef<int> user = ray.Remote(s => s.Length, value);
        await Assert.ThrowsAsync<ObjectLostException>(() => user.Soon());
        ray.Free(value);
        value.Dispose();
        user.Dispose();
        await ray.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Free_WhileOthersRead_GivesThemTheValueOrTheError()
    {
        await using IRay ray = await Nodes.StartAsync();
        for (int round = 0; round < 200; round++)
        {
            ObjectRef<int> value = ray.Put(round);
            int expected = round;
            Task reader = Task.Run(() =>
            {
                for (int i = 0; i < 200; i++)
                {
                    try
                    {
                        Assert.Equal(expected, ray.Get(value));
                    }
                    catch (ObjectLostException)
                    {
                        return;
                    }
                }
            });
            ray.Free(value);
            await reader.WaitAsync(Patience.Limit);
        }
    }

    [Fact]
    public async Task Holds_TakenAndDroppedByManyThreads_LeaveNothing()
    {
        await using IRay ray = await Nodes.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(t => Patience.OnThread(
            () =>
            {
                for (int i = 0; i < 5_000; i++)
                {
                    ObjectRef<int> a = ray.Put(i);
                    ObjectRef<int> b = ray.Remote(x => x + 1, a);
                    if (i % 3 == 0)
                    {
                        a.Dispose();
                    }
                }
            },
            $"thread {t}")));
        await ray.AssertNothingIsLeftAsync();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MakeAndDrop(IRay ray)
    {
        ObjectRef<int>[] refs = [.. Enumerable.Range(0, 100).Select(i => ray.Remote(x => x + 1, ray.Put(i)))];
        Assert.Equal(100, ray.Get(refs, Patience.Limit).Count);
        var (a, b) = ray.Remote(() => (1, 2));
        Assert.Equal(3, ray.Get(a, Patience.Limit) + ray.Get(b, Patience.Limit));
    }
}
