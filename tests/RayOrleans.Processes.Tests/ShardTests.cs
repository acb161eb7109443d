using System.Globalization;
using System.Text.RegularExpressions;
using RayOrleans.Processes.Tests.Harness;

namespace RayOrleans.Processes.Tests;

/// <summary>Shards and schedulers, wherever they live.</summary>
[Collection("processes")]
public sealed partial class ShardTests
{
    [Fact]
    public async Task Shards_SpreadOverSilos_AndComeBackWithAGreaterEpochWhenTheirSiloIsKilled()
    {
        await using Silos silos = new();
        EchoSilo first = await silos.EchoAsync();
        EchoSilo second = await silos.EchoAsync(first.Address);
        EchoSilo driver = await silos.EchoAsync(first.Address, "driver");
        await driver.UntilAsync("members", m => m.Contains('+' + second.NodeId, StringComparison.Ordinal), "word of the second silo");
        await first.UntilAsync("members", m => m.Contains('+' + driver.NodeId, StringComparison.Ordinal), "word of the driver's silo");

        ShardPlace[] before = ShardPlace.Parse(await driver.DoAsync("shards"));

        Assert.Equal(before.Length / 2, before.Count(s => s.NodeId == first.NodeId));
        Assert.Equal(before.Length / 2, before.Count(s => s.NodeId == second.NodeId));
        Assert.Equal(before, ShardPlace.Parse(await first.DoAsync("shards")));
        Assert.StartsWith("shard 3 ", await second.DoAsync("shard 3"), StringComparison.Ordinal);
        Assert.Equal("scheduler 1", await second.DoAsync("scheduler 1"));

        second.Kill();
        foreach (ShardPlace lost in before.Where(s => s.NodeId == second.NodeId))
        {
            // Nobody calls it: who waits for its word would wait for ever.
            await first.ErrorLineAsync(l => Activated().Match(l) is { Success: true } m && m.Groups[1].Value == lost.Index.ToString(CultureInfo.InvariantCulture)
                && m.Groups[2].Value == first.NodeId && long.Parse(m.Groups[3].Value, CultureInfo.InvariantCulture) > lost.Epoch, $"word that shard {lost.Index} lives again");
        }

        ShardPlace[] after = ShardPlace.Parse(await driver.UntilAsync("shards", _ => true, "every shard to answer again"));

        foreach ((ShardPlace was, ShardPlace now) in before.Zip(after))
        {
            Assert.Equal(first.NodeId, now.NodeId);
            Assert.True(was.NodeId == first.NodeId ? now.Epoch == was.Epoch : now.Epoch > was.Epoch, $"{was} became {now}");
        }

        Assert.Equal("scheduler 1", await first.UntilAsync("scheduler 1", _ => true, "the scheduler to answer"));
    }

    [Fact]
    public async Task Shards_OfASiloThatLeaves_ComeBackWithAGreaterEpoch()
    {
        await using Silos silos = new();
        EchoSilo first = await silos.EchoAsync();
        EchoSilo second = await silos.EchoAsync(first.Address);
        await first.UntilAsync("members", m => m.Contains('+' + second.NodeId, StringComparison.Ordinal), "word of the second silo");
        ShardPlace[] before = ShardPlace.Parse(await first.DoAsync("shards"));
        Assert.Contains(before, s => s.NodeId == second.NodeId);

        second.Leave();
        await second.ExitCodeAsync("the second silo to leave");
        ShardPlace[] after = ShardPlace.Parse(await first.UntilAsync("shards", _ => true, "every shard to answer again"));

        Assert.All(before.Zip(after), pair => Assert.True(
            pair.First.NodeId == first.NodeId ? pair.First == pair.Second : pair.Second.NodeId == first.NodeId && pair.Second.Epoch > pair.First.Epoch,
            $"{pair.First} became {pair.Second}"));
    }

    [GeneratedRegex(@"Shard (\d+) lives on node (\S+) with epoch (\d+)")]
    private static partial Regex Activated();
}
