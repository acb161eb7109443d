using RayOrleans.Runtime.Cluster.Keys;
using RayOrleans.Runtime.Tests.Cluster.Support;

namespace RayOrleans.Runtime.Tests.Cluster.Keys;

public sealed class StagedValuesTests
{
    private readonly ManualTime _time = new();
    private readonly StagedValues _staged;

    public StagedValuesTests()
    {
        _staged = new StagedValues(_time);
    }

    [Fact]
    public void NewValue_WhileAllOthersAreUnderWay_IsRefused_AndThoseGetDone()
    {
        Fill();
        Assert.False(Add(StagedValues.MaxValues, 0));
        for (int i = 0; i < StagedValues.MaxValues; i++)
        {
            Assert.True(Add(i, 1));
            Assert.Equal([0, 1], Take(i, 2));
        }
    }

    [Fact]
    public void NewValue_TakesTheRoomOfOneThatWasWritten_WhichIsThereUntilThen()
    {
        Fill();
        Assert.Equal([0], Take(5, 1));
        Assert.Equal([0], Take(5, 1));
        Assert.True(Add(StagedValues.MaxValues, 0));
        Assert.Null(Take(5, 1));
        Assert.False(Add(StagedValues.MaxValues + 1, 0));
    }

    [Fact]
    public void NewValue_TakesTheRoomOfOneThatNobodyAddsTo()
    {
        Fill();
        _time.Advance(StagedValues.GivenUpAfter);
        Assert.False(Add(StagedValues.MaxValues, 0));
        Assert.True(Add(0, 1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(Add(StagedValues.MaxValues, 0));
        Assert.Null(Take(1, 1));
        Assert.Equal([0, 1], Take(0, 2));
    }

    private void Fill()
    {
        for (int i = 0; i < StagedValues.MaxValues; i++)
        {
            Assert.True(Add(i, 0));
        }
    }

    private bool Add(int value, int offset) =>
        KeyWire.DecodeFlag(_staged.Add(new KeyOperation(KeyOperationKind.Stage, "", "key") { Id = (UInt128)value, Offset = offset, Value = new[] { (byte)offset } }));

    private byte[]? Take(int value, int length) =>
        _staged.TryTake(new KeyOperation(KeyOperationKind.PutStaged, "", "key") { Id = (UInt128)value, Offset = length }, out KeyOperation? whole) ? whole.Value.ToArray() : null;
}
