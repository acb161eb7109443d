using RayOrleans.Processes.Tests.Harness;
using Xunit.Abstractions;

namespace RayOrleans.Processes.Tests;

/// <summary>How long shards are silent when a silo is killed: what the output says is for people, that all answer again is checked.</summary>
[Collection("processes")]
public sealed class StallTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Shards_OfASiloThatIsKilled_AnswerAgainWhileTheyAreCalledAllTheTime()
    {
        await using Silos silos = new();
        EchoSilo first = await silos.EchoAsync();
        EchoSilo second = await silos.EchoAsync(first.Address);
        EchoSilo third = await silos.EchoAsync(first.Address);
        EchoSilo driver = await silos.EchoAsync(first.Address, "driver");
        foreach (EchoSilo silo in new[] { first, second, third, driver })
        {
            await silo.UntilAsync("members", m => m.Split(' ').Length == 4, "word of all members");
        }

        await driver.UntilAsync("shards", _ => true, "every shard to answer");
        Task<string> seen = driver.DoAsync("stalls 20");
        await Task.Delay(TimeSpan.FromSeconds(2));
        third.Kill();

        string stalls = await seen;
        output.WriteLine($"longest gap/longest failed call in ms, for each shard: {stalls}");
        ShardPlace[] after = ShardPlace.Parse(await driver.UntilAsync("shards", _ => true, "every shard to answer again"));
        Assert.DoesNotContain(after, s => s.NodeId == third.NodeId);
    }
}
