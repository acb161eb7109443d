namespace RayOrleans.Core.Tests.Objects;

public sealed class StreamTests
{
    [Fact]
    public void Items_AreTakenInOrderAndHeldByTheReader()
    {
        TestEngine node = new();
        TaskRecord stream = node.Send(node.NewTask(stream: true));
        Attempt attempt = node.Start(stream);
        for (int i = 0; i < 3; i++)
        {
            Assert.True(node.Engine.Yield(attempt, i, $"item {i}", 1, null));
        }

        Assert.Equal(["item 0", "item 1", "item 2"], Enumerable.Range(0, 3).Select(_ => TakeAndDrop(node, stream)));
        Assert.Null(node.Engine.TakeItem(stream));
        node.Complete(attempt);
        node.Release(stream);
        node.AssertEmpty();
    }

    [Fact]
    public void Retry_RepeatedItems_AreNotEmittedAgain()
    {
        TestEngine node = new();
        TaskRecord stream = node.Send(node.NewTask(stream: true));
        Attempt first = node.Start(stream);
        node.Engine.Yield(first, 0, "a", 1, null);
        node.Engine.Yield(first, 1, "b", 1, null);
        node.Crash(first);
        Attempt second = node.Start(stream);
        CountedValue[] repeated = [new(), new()];
        Assert.True(node.Engine.Yield(second, 0, repeated[0], 1, null));
        Assert.True(node.Engine.Yield(second, 1, repeated[1], 1, null));
        Assert.True(node.Engine.Yield(second, 2, "c", 1, null));
        node.Take();

        Assert.Equal(["a", "b", "c"], Enumerable.Range(0, 3).Select(_ => TakeAndDrop(node, stream)));
        Assert.All(repeated, r => Assert.Equal(1, node.Count(EffectKind.Discard, r)));
    }

    [Fact]
    public void LateItem_OfALostAttempt_IsRefused()
    {
        TestEngine node = new();
        TaskRecord stream = node.Send(node.NewTask(stream: true));
        Attempt first = node.Start(stream);
        node.Crash(first);
        CountedValue late = new();
        Assert.False(node.Engine.Yield(first, 0, late, 1, null));
        node.Take();
        Assert.Equal(1, node.Count(EffectKind.Discard, late));
    }

    [Theory]
    [InlineData("succeeds")]
    [InlineData("fails")]
    [InlineData("is cancelled")]
    [InlineData("loses its input")]
    public void Reader_IsToldOfTheEnd(string how)
    {
        TestEngine node = new();
        TaskRecord input = node.Submit();
        TaskRecord stream = node.Send(node.NewTask(stream: true, inputs: [input]));
        CountingWatcher reader = new();
        Assert.True(node.Engine.WatchStream(stream, reader));
        Attempt first = node.Start(input);
        if (how == "loses its input")
        {
            node.Fail(first);
        }
        else
        {
            node.Complete(first);
            Attempt attempt = node.Start(stream);
            switch (how)
            {
                case "succeeds":
                    node.Complete(attempt);
                    break;
                case "fails":
                    node.Fail(attempt);
                    break;
                default:
                    node.Do(e => e.Cancel(stream));
                    break;
            }
        }

        Assert.Equal(1, reader.Fired);
        Assert.False(node.Engine.WatchStream(stream, new CountingWatcher()));
    }

    [Fact]
    public void Reader_IsToldOfEachItemItWaitsFor()
    {
        TestEngine node = new();
        TaskRecord stream = node.Send(node.NewTask(stream: true));
        Attempt attempt = node.Start(stream);
        CountingWatcher reader = new();
        Assert.True(node.Engine.WatchStream(stream, reader));
        node.Engine.Yield(attempt, 0, "a", 1, null);
        node.Engine.Yield(attempt, 1, "b", 1, null);
        node.Take();
        Assert.Equal(1, reader.Fired);
        Assert.False(node.Engine.WatchStream(stream, new CountingWatcher()));
    }

    [Fact]
    public void Producer_AtItsWindow_GoesOnOnceHalfOfItIsTaken()
    {
        TestEngine node = new();
        TaskRecord stream = node.Send(node.NewTask(stream: true, window: 4));
        Attempt attempt = node.Start(stream);
        CountingWatcher producer = new();
        for (int i = 0; i < 4; i++)
        {
            Assert.False(NodeEngine.WatchRoom(attempt, i, producer));
            node.Engine.Yield(attempt, i, "item", 1, null);
        }

        Assert.True(NodeEngine.WatchRoom(attempt, 4, producer));
        TakeAndDrop(node, stream);
        node.Take();
        Assert.Equal(0, producer.Fired);
        TakeAndDrop(node, stream);
        node.Take();
        Assert.Equal((1, 6), (producer.Fired, stream.Stream!.Until));
    }

    [Theory]
    [InlineData("leaves")]
    [InlineData("is cancelled")]
    public void Producer_AtItsWindow_IsToldThatNothingIsWanted(string how)
    {
        TestEngine node = new();
        TaskRecord stream = node.Send(node.NewTask(stream: true, window: 1));
        Attempt attempt = node.Start(stream);
        node.Engine.Yield(attempt, 0, "item", 1, null);
        CountingWatcher producer = new();
        Assert.True(NodeEngine.WatchRoom(attempt, 1, producer));
        node.Do(e =>
        {
            if (how == "leaves")
            {
                e.AbandonStream(stream);
            }
            else
            {
                e.Cancel(stream);
            }
        });

        Assert.Equal((1, true), (producer.Fired, attempt.IsAbandoned));
        Assert.False(NodeEngine.WatchRoom(attempt, 1, new CountingWatcher()));
    }

    [Fact]
    public void Abandoned_ItemsGoAndTheProducerIsCancelled()
    {
        TestEngine node = new();
        TaskRecord stream = node.Send(node.NewTask(stream: true));
        Attempt attempt = node.Start(stream);
        CountedValue buffered = new();
        node.Engine.Yield(attempt, 0, buffered, 1, null);
        node.Do(e => e.AbandonStream(stream));
        Assert.Equal(1, node.Count(EffectKind.Discard, buffered));
        Assert.False(node.Engine.Yield(attempt, 1, "late", 1, null));
        node.Complete(attempt);
        node.Release(stream);
        node.AssertEmpty();
    }

    [Fact]
    public void Waiting_ReaderAtTheBound_MakesTheProducerWanted()
    {
        TestEngine node = new();
        node.Submit();
        TaskRecord stream = node.Send(node.NewTask(stream: true));
        Assert.True(node.Engine.WatchStream(stream, new CountingWatcher()));
        Assert.Same(stream, node.TryStart(wantedOnly: true)?.Task);
    }

    private static object? TakeAndDrop(TestEngine node, TaskRecord stream)
    {
        ObjectEntry item = node.Engine.TakeItem(stream)!;
        object? value = item.Value;
        node.Release(item);
        Assert.Equal(ObjectStatus.Deleted, item.Status);
        return value;
    }
}
