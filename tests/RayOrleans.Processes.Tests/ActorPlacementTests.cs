using RayOrleans.Processes.Tests.Harness;

namespace RayOrleans.Processes.Tests;

/// <summary>Actors' grains: bottom-up placement, and what other silos' coming and going does to them, which is nothing.</summary>
[Collection("processes")]
public sealed class ActorPlacementTests
{
    private const int Actors = 60;

    [Fact]
    public async Task Actor_IsPlacedBottomUp()
    {
        await using Silos silos = new();
        EchoSilo first = await silos.EchoAsync();
        EchoSilo second = await silos.EchoAsync(first.Address);
        await second.UntilAsync("members", m => m.Contains('+' + first.NodeId, StringComparison.Ordinal), "word of the first silo");
        await first.UntilAsync("members", m => m.Contains('+' + second.NodeId, StringComparison.Ordinal), "word of the second silo");

        // The local scheduler of the caller keeps it.
        Assert.Equal(second.NodeId, await second.DoAsync($"start here {first.NodeId}"));
        Assert.Equal(second.NodeId, await first.DoAsync("where here"));

        // It does not, and a global scheduler places it where the request says.
        await second.DoAsync("keep no");
        Assert.Equal(first.NodeId, await second.DoAsync($"start there {first.NodeId}"));

        // Nobody may place it, or the actor table says no: at once, and by name.
        Assert.Contains("ActorPlacementRefusedException", await first.TryAsync("where refused-1"), StringComparison.Ordinal);
        Assert.Contains("ActorPlacementRefusedException", await first.TryAsync("where dead-1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Actors_OnOtherSilos_AreLeftAloneWhenSilosComeAndGo()
    {
        await using Silos silos = new();
        EchoSilo first = await silos.EchoAsync();
        EchoSilo second = await silos.EchoAsync(first.Address);
        for (int i = 0; i < Actors; i++)
        {
            EchoSilo creator = i % 2 == 0 ? first : second;
            Assert.Equal(creator.NodeId, await creator.DoAsync($"start actor-{i} {creator.NodeId}"));
        }

        EchoSilo third = await silos.EchoAsync(first.Address);
        await AssertAloneAsync(first, second);
        third.Kill();
        await first.UntilAsync("members", m => m.Contains('-' + third.NodeId, StringComparison.Ordinal), "word of the killed silo's death");
        await AssertAloneAsync(first, second);
        EchoSilo fourth = await silos.EchoAsync(first.Address);
        fourth.Leave();
        await fourth.ExitCodeAsync("the fourth silo to leave");
        await AssertAloneAsync(first, second);
    }

    private static async Task AssertAloneAsync(EchoSilo first, EchoSilo second)
    {
        for (int i = 0; i < Actors; i++)
        {
            string home = i % 2 == 0 ? first.NodeId : second.NodeId;
            int actor = i;
            Assert.Equal(home, await second.UntilAsync($"where actor-{actor}", _ => true, $"actor {actor} to answer"));
        }

        Assert.Equal($"{Actors / 2}", await first.DoAsync("activations"));
        Assert.Equal($"{Actors / 2}", await second.DoAsync("activations"));
    }
}
