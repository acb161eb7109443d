namespace RayOrleans.Transfer.Tests.Serving;

public sealed class ReaderSlotsTests
{
    private const long Large = 100;
    private readonly ManualTime _time = new();
    private readonly ReaderSlots _slots;

    public ReaderSlotsTests()
    {
        _slots = new ReaderSlots(new TransferServerOptions { MaxReadersPerObject = 2, SharedReadBytes = 10, TimeProvider = _time });
    }

    [Fact]
    public void Reader_BeyondTheBound_IsSentElsewhere_UntilAPlaceIsGivenUp()
    {
        Assert.True(_slots.TryEnter(Key(1), Large, 1));
        Assert.True(_slots.TryEnter(Key(1), Large, 2));
        Assert.True(_slots.TryEnter(Key(1), Large, 2), "another connection of the same reader");
        Assert.False(_slots.TryEnter(Key(1), Large, 3));
        Assert.True(_slots.TryEnter(Key(2), Large, 3), "another object");

        _slots.Exit(Key(1), Large, 2, isLast: true);
        Assert.False(_slots.TryEnter(Key(1), Large, 3), "its other connection still reads");
        _slots.Exit(Key(1), Large, 2, isLast: false);
        Assert.True(_slots.TryEnter(Key(1), Large, 3));
    }

    [Fact]
    public void Reader_BetweenItsRequests_KeepsItsPlaceForAWhile()
    {
        EnterAndExit(1);
        EnterAndExit(2);
        Assert.False(_slots.TryEnter(Key(1), Large, 3));
        _time.Advance(ReaderSlots.Rest / 2);
        EnterAndExit(1);
        _time.Advance(ReaderSlots.Rest / 2);

        Assert.True(_slots.TryEnter(Key(1), Large, 3), "the second has asked for nothing for long");
        Assert.False(_slots.TryEnter(Key(1), Large, 2));
    }

    [Fact]
    public void SmallObject_IsReadByAnyNumber()
    {
        for (uint reader = 1; reader <= 10; reader++)
            Assert.True(_slots.TryEnter(Key(1), 10, reader));
        _slots.Exit(Key(1), 10, 1, isLast: false);
        Assert.Equal(0, _slots.ObjectCount);
    }

    [Fact]
    public void Objects_ThatNobodyReadsAnyMore_AreForgotten()
    {
        Assert.True(_slots.TryEnter(Key(1), Large, 1));
        _slots.Exit(Key(1), Large, 1, isLast: true);
        Assert.Equal(0, _slots.ObjectCount);

        EnterAndExit(1);
        _time.Advance(ReaderSlots.Rest);
        Assert.True(_slots.TryEnter(Key(2), Large, 1));
        Assert.Equal(1, _slots.ObjectCount);
    }

    private static ObjectKey Key(int number) => new(TransferNode.Id(number), 0);

    private void EnterAndExit(uint reader)
    {
        Assert.True(_slots.TryEnter(Key(1), Large, reader));
        _slots.Exit(Key(1), Large, reader, isLast: false);
    }
}
