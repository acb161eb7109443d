using RayOrleans.Processes.Tests.Harness;

namespace RayOrleans.Processes.Tests;

/// <summary>Silos that come, go, die and freeze, as the nodes on the others are told.</summary>
[Collection("processes")]
public sealed class MembershipTests
{
    [Fact]
    public async Task TwoSilos_KnowEachOther_AndExchangeBatchesBothWays()
    {
        await using Silos silos = new();
        EchoSilo first = await silos.EchoAsync();
        EchoSilo second = await silos.EchoAsync(first.Address);

        await first.UntilAsync("members", m => m.Contains($"+{second.NodeId}@4242", StringComparison.Ordinal), "word of the second silo on the first");
        await second.UntilAsync("members", m => m.Contains($"+{first.NodeId}@4242", StringComparison.Ordinal), "word of the first silo on the second");

        Assert.Equal("same 1000", await first.DoAsync($"node {second.NodeId} 1000"));
        Assert.Equal("same 200000", await second.DoAsync($"node {first.NodeId} 200000"));
        Assert.Equal("same 5", await first.DoAsync($"node {first.NodeId} 5"));
        Assert.Equal("same 262144", await second.DoAsync($"node {first.NodeId} 262144"));
        Assert.Equal("same 300000", await first.DoAsync($"node {second.NodeId} 300000"));
        Assert.Equal("same 10000000", await second.DoAsync($"node {first.NodeId} 10000000"));
        Assert.Contains("NodeUnreachableException", await first.TryAsync($"node {new string('1', 32)} 1"), StringComparison.Ordinal);
        await first.UntilAsync("ticks", t => t != "0", "a tick of the node");
    }

    [Fact]
    public async Task ThreeSilos_ComeAndGo_AndEveryNodeIsToldInOrder()
    {
        await using Silos silos = new();
        EchoSilo first = await silos.EchoAsync();
        EchoSilo second = await silos.EchoAsync(first.Address);

        // Joined through a silo that is not the first.
        EchoSilo third = await silos.EchoAsync(second.Address);
        await first.UntilAsync("members", m => m.Contains('+' + third.NodeId, StringComparison.Ordinal), "word of the third silo");

        second.Kill();
        await first.UntilAsync("members", m => m.Contains('-' + second.NodeId, StringComparison.Ordinal), "word of the second silo's death on the first");
        await third.UntilAsync("members", m => m.Contains('-' + second.NodeId, StringComparison.Ordinal), "word of the second silo's death on the third");
        third.Leave();
        Assert.Equal(0, await third.ExitCodeAsync("the third silo to leave"));
        string told = await first.UntilAsync("members", m => m.Contains('-' + third.NodeId, StringComparison.Ordinal), "word of the third silo's leaving");

        string[] expected = ['+' + first.NodeId, '+' + second.NodeId, '+' + third.NodeId, '-' + second.NodeId, '-' + third.NodeId];
        Assert.Equal(expected, told.Split(' ').Select(t => t.Split('@')[0]));
        Assert.Contains("NodeUnreachableException", await first.TryAsync($"node {second.NodeId} 1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FrozenSilo_IsDeclaredDead_AndStopsItselfWhenItThaws()
    {
        await using Silos silos = new();
        EchoSilo first = await silos.EchoAsync();
        RealSilo frozen = await silos.RealAsync("--join", first.Address);
        EchoSilo third = await silos.EchoAsync(first.Address);
        await first.UntilAsync("members", m => m.Contains('+' + frozen.NodeId, StringComparison.Ordinal), "word of the silo that will freeze");
        await third.UntilAsync("members", m => m.Contains('+' + frozen.NodeId, StringComparison.Ordinal), "word of the silo that will freeze");

        frozen.Signal(Signals.Stop);
        string told = await first.UntilAsync("members", m => m.Contains('-' + frozen.NodeId, StringComparison.Ordinal), "the frozen silo to be declared dead");
        frozen.Signal(Signals.Continue);

        Assert.Equal(3, await frozen.ExitCodeAsync("the silo to find itself dead and end"));
        string why = await frozen.ErrorLineAsync(l => l.StartsWith("The node stops:", StringComparison.Ordinal), "what it says about it");
        Assert.Contains("declared it dead", why, StringComparison.Ordinal);

        // It has changed nothing: the others know each other and nothing new of it.
        Assert.Equal(told, await first.DoAsync("members"));
        Assert.Equal("same 10", await first.DoAsync($"node {third.NodeId} 10"));
        Assert.Equal("same 10", await third.DoAsync($"node {first.NodeId} 10"));
    }
}
