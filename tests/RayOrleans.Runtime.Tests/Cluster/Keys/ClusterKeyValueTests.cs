using RayOrleans.Core;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.InProcess;
using RayOrleans.Runtime.Cluster.Keys;
using RayOrleans.Runtime.Tests.Cluster.Support;

namespace RayOrleans.Runtime.Tests.Cluster.Keys;

public sealed class ClusterKeyValueTests : IAsyncDisposable
{
    private readonly InProcessCluster _cluster = new(new InProcessClusterOptions { ShardCount = 3, TickInterval = Timeout.InfiniteTimeSpan });
    private readonly IClusterTransport _transport;
    private readonly KeyClient _client;
    private readonly ClusterKeyValue _table;

    public ClusterKeyValueTests()
    {
        TestParty node = new(new NodeId(1));
        _transport = _cluster.Join(node.Member, node);
        _client = new KeyClient(_transport, TimeProvider.System);
        _table = new ClusterKeyValue(_client, "test");
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task PutGetDelete_DoWhatTheySay()
    {
        Assert.Null(await _table.GetAsync("a"));
        long first = await _table.PutAsync("a", new byte[] { 1 });
        long second = await _table.PutAsync("a", new byte[] { 2, 3 });
        Assert.True(second > first && first >= 1);
        KeyValueEntry entry = (await _table.GetAsync("a"))!;
        Assert.Equal([2, 3], entry.Value.ToArray());
        Assert.Equal(second, entry.Version);
        Assert.False(await _table.DeleteAsync("a", first));
        Assert.True(await _table.DeleteAsync("a", second));
        Assert.False(await _table.DeleteAsync("a"));
        Assert.Null(await _table.GetAsync("a"));
    }

    [Fact]
    public async Task TryPut_OnlyWithTheExpectedVersion()
    {
        long version = (await _table.TryPutAsync("a", new byte[] { 1 }, 0))!.Value;
        Assert.Null(await _table.TryPutAsync("a", new byte[] { 2 }, 0));
        Assert.Null(await _table.TryPutAsync("a", new byte[] { 2 }, version + 1));
        Assert.NotNull(await _table.TryPutAsync("a", new byte[] { 3 }, version));
        await _table.DeleteAsync("a");
        Assert.True(await _table.TryPutAsync("a", new byte[] { 4 }, 0) > version);
    }

    [Fact]
    public async Task List_ByPrefix_InOrdinalOrderOverAllShards()
    {
        string[] keys = [.. Enumerable.Range(0, 100).Select(i => $"p/{i:d3}"), "p", "q", "o/1"];
        foreach (string key in keys)
        {
            await _table.PutAsync(key, System.Text.Encoding.UTF8.GetBytes(key));
        }

        await new ClusterKeyValue(_client, "other").PutAsync("p/999", new byte[1]);
        IReadOnlyList<KeyValueEntry> found = await _table.ListAsync("p/");
        Assert.Equal(keys.Take(100), found.Select(e => e.Key));
        Assert.All(found, e => Assert.Equal(e.Key, System.Text.Encoding.UTF8.GetString(e.Value.Span)));
        Assert.Equal(103, (await _table.ListAsync("")).Count);
        Assert.Empty(await _table.ListAsync("z"));
    }

    [Fact]
    public async Task LargeValues_TravelInParts()
    {
        byte[] value = new byte[KeyLimits.MaxValueBytes];
        new Random(1).NextBytes(value);
        await _table.PutAsync("large/1", value);
        await _table.PutAsync("large/2", value);
        Assert.Equal(value, (await _table.GetAsync("large/1"))!.Value.ToArray());
        IReadOnlyList<KeyValueEntry> both = await _table.ListAsync("large/");
        Assert.Equal(2, both.Count);
        Assert.All(both, e => Assert.Equal(value, e.Value.ToArray()));
        Assert.Null(await _table.TryPutAsync("large/1", value, 77));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _table.PutAsync("large/3", new byte[KeyLimits.MaxValueBytes + 1]));
    }

    [Fact]
    public async Task LargeValues_MoreAtOnceThanThereIsRoomFor_AreAllWritten()
    {
        await Task.WhenAll(Enumerable.Range(0, 150).Select(i => Task.Run(async () => await _table.PutAsync($"large {i}", Enumerable.Repeat((byte)i, 300_000).ToArray()))));
        for (int i = 0; i < 150; i++)
        {
            KeyValueEntry? entry = await _table.GetAsync($"large {i}");
            Assert.Equal(300_000, entry!.Value.Length);
            Assert.Equal(-1, entry.Value.Span.IndexOfAnyExcept((byte)i));
        }
    }

    [Fact]
    public async Task Misuse_IsRefused()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await _table.PutAsync("", new byte[1]));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await _table.ListAsync(null!));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _table.GetAsync("a", new CancellationToken(true)));
    }

    [Fact]
    public async Task Answer_ThatIsLost_IsGivenAgainAndNothingIsDoneTwice()
    {
        bool loses = true;
        TestTransport lossy = new() { ShardCount = 3 };
        lossy.Answers = async (to, request) =>
        {
            byte[] answer = await _transport.CallShardAsync(to.Shard, request);
            loses = !loses;
            return loses ? answer : throw new TimeoutException();
        };
        ClusterKeyValue table = new(new KeyClient(lossy, TimeProvider.System), "test");
        long? version = await table.TryPutAsync("a", new byte[] { 1 }, 0);
        Assert.NotNull(version);
        Assert.True(await table.DeleteAsync("a", version));
    }

    [Fact]
    public async Task Call_ThatIsCancelledAtItsShard_IsMadeAgain()
    {
        int cancelled = 0;
        TestTransport moving = new() { ShardCount = 3 };
        moving.Answers = (to, request) => cancelled++ < 2 ? ValueTask.FromException<byte[]>(new TaskCanceledException()) : _transport.CallShardAsync(to.Shard, request);
        ClusterKeyValue table = new(new KeyClient(moving, TimeProvider.System), "test");
        await table.PutAsync("a", new byte[] { 1 });
        Assert.Equal(3, cancelled);
        Assert.Equal([1], (await table.GetAsync("a"))!.Value.ToArray());
    }

    [Fact]
    public async Task Calls_ThatAreCancelledAtTheirShardForGood_AreNoCancellationOfTheCaller()
    {
        TestTransport gone = new() { ShardCount = 3, Answers = static (_, _) => ValueTask.FromException<byte[]>(new TaskCanceledException()) };
        ClusterKeyValue table = new(new KeyClient(gone, TimeProvider.System) { Patience = TimeSpan.Zero }, "test");
        Assert.IsType<TaskCanceledException>((await Assert.ThrowsAsync<TimeoutException>(async () => await table.GetAsync("a"))).InnerException);
    }

    [Fact]
    public async Task Names_AreGivenOnceAndTakenBackByTheirHolder()
    {
        ActorNames names = new(_client);
        ActorName one = new("ns", "counter", new ActorId(new TaskId(1, 1)), new byte[] { 1 });
        ActorName two = one with { Actor = new ActorId(new TaskId(1, 2)), Description = new byte[] { 2 } };
        Assert.Equal(one.Actor, (await names.ClaimAsync(one, ActorId.None, default)).Actor);
        Assert.Equal(one.Actor, (await names.ClaimAsync(two, ActorId.None, default)).Actor);
        Assert.Equal([1], (await names.FindAsync("ns", "counter", default))!.Description.ToArray());
        Assert.Null(await names.FindAsync("other", "counter", default));
        Assert.False(await names.ReleaseAsync("ns", "counter", two.Actor, default));
        Assert.Equal(two.Actor, (await names.ClaimAsync(two, replaces: one.Actor, default)).Actor);
        await names.ClaimAsync(one with { Namespace = "a", Name = "b" }, ActorId.None, default);
        Assert.Equal(["a/b", "ns/counter"], (await names.ListAsync("", default)).Select(n => $"{n.Namespace}/{n.Name}"));
        Assert.Equal(["counter"], (await names.ListAsync("ns", default)).Select(n => n.Name));
        Assert.True(await names.ReleaseAsync("ns", "counter", two.Actor, default));
        Assert.Null(await names.FindAsync("ns", "counter", default));
    }
}
