using RayOrleans.Runtime.Cluster.Keys;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Tests.Cluster.Keys;

/// <summary>A change that is sent again, because its answer was lost, is not made twice.</summary>
public sealed class KeyTablesTests
{
    private KeyTables _tables = new();
    private UInt128 _id = 1_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Change_SentAgainAfterManyOthers_IsNotMadeTwice(bool restarts)
    {
        KeyOperation first = Put("key", 1);
        byte[] answer = _tables.Apply(first, At(0));
        _tables.Apply(Put("key", 2), At(1));
        for (int i = 0; i < 5_000; i++)
        {
            _tables.Apply(Put($"other {i}", 3), At(2));
        }

        if (restarts)
        {
            Restart(at: 3);
        }

        Assert.Equal(answer, _tables.Apply(first, At(70)));
        Assert.Equal(2, Read("key"));
    }

    [Fact]
    public void Change_NobodySendsAnyMore_IsForgotten()
    {
        _tables.Apply(Put("a", 1), At(0));
        _tables.Apply(Put("b", 1), At(100));
        _tables.Apply(Put("c", 1), At(KeyLimits.RememberedFor.TotalSeconds + 1));

        Assert.Equal(2, _tables.RememberedCount);
    }

    [Fact]
    public void Changes_InAnyNumber_TakeSoMuchMemoryOnly()
    {
        const int Count = 400_000;
        for (int i = 0; i < Count; i++)
        {
            _tables.Apply(new KeyOperation(KeyOperationKind.Delete, "ns", "nothing") { Id = ++_id }, At(0));
        }

        Assert.InRange(_tables.RememberedCount, 250_000, KeyLimits.MaxRememberedBytes / KeyLimits.BytesOfRemembered);
    }

    /// <summary>Snapshots of earlier versions did not say when a change was made: they count from the snapshot on.</summary>
    [Fact]
    public void AnswerWithoutATime_IsReadAndRememberedFromTheSnapshotOn()
    {
        KeyOperation first = Put("key", 1);
        byte[] answer = KeyWire.EncodeVersion(5);
        WireWriter w = WireWriter.Borrow();
        w.Byte(3);
        w.RawNode(new NodeId(first.Id));
        w.Bytes(answer);
        _tables.Restore(WireForm.Finish(w), At(1_000));

        Assert.Equal(answer, _tables.Apply(first, At(1_070)));
        Assert.Equal(1, _tables.RememberedCount);
        _tables.Apply(Put("other", 1), At(1_000 + KeyLimits.RememberedFor.TotalSeconds + 1));
        Assert.Equal(1, _tables.RememberedCount);
    }

    private KeyOperation Put(string key, byte value) => new(KeyOperationKind.Put, "ns", key) { Id = ++_id, Value = new[] { value } };

    private static long At(double seconds) => TimeSpan.FromSeconds(seconds).Ticks;

    private byte Read(string key) =>
        Assert.Single(KeyWire.DecodeEntries(_tables.Apply(new KeyOperation(KeyOperationKind.Get, "ns", key), 0), out _)).Value.Span[0];

    private void Restart(double at)
    {
        KeyTables restored = new();
        foreach (byte[] item in _tables.Snapshot())
        {
            restored.Restore(item, At(at));
        }

        _tables = restored;
    }
}
