using RayOrleans.Runtime.Cluster.Events;

namespace RayOrleans.Runtime.Tests.Cluster.Events;

/// <summary>What a shard keeps of what has happened.</summary>
public sealed class EventTableTests
{
    private static readonly NodeId Node = new((UInt128)1);
    private static readonly EventKey Job = EventKey.Of(new JobId(1));
    private static readonly EventKey OtherJob = EventKey.Of(new JobId(2));

    private readonly EventTable _table = new();
    private long _number;

    [Fact]
    public void Batch_ThatComesAgain_ChangesNothing()
    {
        EventBatch batch = new(Node, 1, 5, [Event(Job, 10)]);
        _table.Add(batch);
        _table.Add(batch);
        Assert.Equal((1, 5L), (_table.Count, _table.Dropped));
    }

    [Fact]
    public void Events_OfOneJobBeyondItsBound_PushOutItsOldestOnly()
    {
        Add(OtherJob, 1);
        for (int i = 0; i < EventLimits.PerKey + 3; i++)
        {
            Add(Job, 1);
        }

        Assert.Equal((EventLimits.PerKey + 1, 3L), (_table.Count, _table.Dropped));
        Assert.Single(ReadAll(), i => i.Key == OtherJob);
        Assert.Equal(5, ReadAll().Where(i => i.Key == Job).Min(i => i.Number));
    }

    [Fact]
    public void Events_BeyondTheBoundOfTheShard_PushOutTheOldestOfAll()
    {
        const int Bytes = 100_000;
        Add(OtherJob, Bytes);
        int most = (int)(EventLimits.ShardBytes / (Bytes + EventLimits.ItemBytes));
        for (int i = 0; i < most; i++)
        {
            Add(Job, Bytes);
        }

        Assert.Equal((most, 1L), (_table.Count, _table.Dropped));
        Assert.DoesNotContain(ReadAll(), i => i.Key == OtherJob);
    }

    [Fact]
    public void Read_InPages_GivesAllOfItsSortTheNewestFirst()
    {
        for (int i = 0; i < 50; i++)
        {
            Add(Job, 10_000);
            _table.Add(new EventBatch(Node, ++_number, 0, [new EventItem(Job, EventKind.Actor, new byte[1])]));
        }

        List<EventItem> all = ReadAll();
        Assert.Equal(50, all.Count);
        Assert.Equal(all.OrderByDescending(i => i.Number), all);
        Assert.True(_table.Read(EventKind.Task, long.MaxValue, out long next).Count < 50);
        Assert.NotEqual(0, next);
    }

    [Fact]
    public void Snapshot_Restored_IsTheSame()
    {
        for (int i = 0; i < EventLimits.PerKey + 3; i++)
        {
            Add(Job, i % 50);
        }

        Add(OtherJob, 3);
        EventTable restored = new();
        foreach (byte[] item in _table.Snapshot())
        {
            restored.Restore(item);
        }

        Assert.Equal(_table.Snapshot().Select(Convert.ToHexString), restored.Snapshot().Select(Convert.ToHexString));
        Assert.Equal(_table.Dropped, restored.Dropped);
    }

    [Fact]
    public void Death_OfANodeThatToldWhatItIs_IsNotedOnce()
    {
        _table.OnDied(Node, 1);
        Assert.Equal(0, _table.Count);
        _table.Add(new EventBatch(Node, ++_number, 0, [new EventItem(EventKey.Of(Node), EventKind.Node, new byte[1])]));
        _table.OnDied(Node, 2);
        _table.OnDied(Node, 3);
        Assert.Equal([EventKind.NodeDied, EventKind.Node], _table.Read(EventKind.Node, long.MaxValue, out _).Select(i => i.Kind));
    }

    private static EventItem Event(EventKey key, int bytes) => new(key, EventKind.Task, new byte[bytes]);

    private void Add(EventKey key, int bytes) => _table.Add(new EventBatch(Node, ++_number, 0, [Event(key, bytes)]));

    private List<EventItem> ReadAll()
    {
        List<EventItem> all = [];
        long below = long.MaxValue;
        while (below > 0)
        {
            all.AddRange(_table.Read(EventKind.Task, below, out below));
        }

        return all;
    }
}
