using System.Text;

namespace RayOrleans.Runtime.Tests.State;

public sealed class KeyValueTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task KeyValue_PutGetDeleteList(int nodes)
    {
        await using IRay ray = await Nodes.StartAsync(configure: o => o.Nodes = nodes);
        Assert.Null(ray.Kv.Get("a/1"));
        long first = ray.Kv.Put("a/1", "x"u8.ToArray());
        long second = ray.Kv.Put("a/1", "y"u8.ToArray());
        Assert.True(second > first);
        ray.Kv.Put("a/2", "z"u8.ToArray());
        ray.Kv.Put("b/1", "w"u8.ToArray());
        Assert.Equal("y", Encoding.UTF8.GetString(ray.Kv.Get("a/1")!.Value.Span));
        Assert.Equal(["a/1", "a/2"], ray.Kv.List("a/").Select(e => e.Key));
        Assert.Equal(3, ray.Kv.List("").Count);
        Assert.True(ray.Kv.Delete("a/1"));
        Assert.False(ray.Kv.Delete("a/1"));
        Assert.Null(ray.Kv.Get("a/1"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task KeyValue_ConditionalWrites_LetOneWin(int nodes)
    {
        await using IRay ray = await Nodes.StartAsync(configure: o => o.Nodes = nodes);
        long? made = ray.Kv.TryPut("k", "1"u8.ToArray(), 0);
        Assert.NotNull(made);
        Assert.Null(ray.Kv.TryPut("k", "2"u8.ToArray(), 0));
        Assert.NotNull(ray.Kv.TryPut("k", "2"u8.ToArray(), made.Value));
        Assert.False(ray.Kv.Delete("k", made.Value));
        int wins = 0;
        long version = ray.Kv.Get("k")!.Version;
        Parallel.For(0, 16, _ =>
        {
            if (ray.Kv.TryPut("k", "3"u8.ToArray(), version) is not null)
            {
                Interlocked.Increment(ref wins);
            }
        });
        Assert.Equal(1, wins);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task KeyValue_WrittenByATask_IsReadByTheDriver(int nodes)
    {
        await using IRay ray = await Nodes.StartAsync(configure: o => o.Nodes = nodes);
        await ray.Remote(async () => { await Ray.Kv.PutTextAsync("from", "task"); }).Soon();
        Assert.Equal("task", await ray.Kv.GetTextAsync("from"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task KeyValue_Values_AreCopies(int nodes)
    {
        await using IRay ray = await Nodes.StartAsync(configure: o => o.Nodes = nodes);
        byte[] value = [1, 2];
        ray.Kv.Put("k", value);
        value[0] = 9;
        Assert.Equal([1, 2], ray.Kv.Get("k")!.Value.ToArray());
        Assert.Throws<ArgumentException>(() => ray.Kv.Put("big", new byte[(1 << 20) + 1]));
        Assert.Throws<ArgumentException>(() => ray.Kv.Put("", value));
    }
}
