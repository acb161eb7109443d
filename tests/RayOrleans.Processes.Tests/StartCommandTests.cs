using System.Net.Sockets;
using RayOrleans.Processes.Tests.Harness;

namespace RayOrleans.Processes.Tests;

/// <summary>The shipped executable's <c>start</c>.</summary>
[Collection("processes")]
public sealed class StartCommandTests
{
    [Fact]
    public async Task Start_SaysWhereItIs_ServesThatAddress_AndStopsOnSigterm()
    {
        await using Silos silos = new();
        RealSilo first = await silos.RealAsync("--cpus", "3", "--resource", "tpu=2", "--label", "zone=a", "--name", "one");

        Assert.Contains("(3 CPUs)", first.UpLine, StringComparison.Ordinal);
        Assert.EndsWith($"start --join {first.Address}", first.UpLine, StringComparison.Ordinal);
        await first.LineAsync(l => l.Contains("must stay", StringComparison.Ordinal), "the warning that the first node must stay");
        RealSilo second = await silos.RealAsync("--join", first.Address, "--name", "two");
        await first.ErrorLineAsync(l => l.Contains(second.NodeId, StringComparison.Ordinal), "word of the second node in the first one's log");

        second.Signal(Signals.Terminate);
        Assert.Equal(0, await second.ExitCodeAsync("the second node to stop on SIGTERM"));
        await first.ErrorLineAsync(l => l.Contains("is gone", StringComparison.Ordinal) && l.Contains(second.NodeId, StringComparison.Ordinal), "word of the second node's leaving");
        first.Signal(Signals.Terminate);
        Assert.Equal(0, await first.ExitCodeAsync("the first node to stop on SIGTERM"));
    }

    [Theory]
    [InlineData("a pair", "--resource", "tpu")]
    [InlineData("an amount", "--cpus", "-1")]
    [InlineData("an address", "--join", "ftp://nowhere")]
    public async Task Start_WithAWrongOption_SaysSoAndEnds(string what, params string[] arguments)
    {
        await using Silos silos = new();
        RealSilo silo = silos.Add(RealSilo.Run(["start", .. arguments]));

        Assert.NotEqual(0, await silo.ExitCodeAsync($"the end over {what}"));
        await silo.ErrorLineAsync(l => l.Contains(arguments[^1], StringComparison.Ordinal) || l.Contains(arguments[0], StringComparison.Ordinal), "the message that names it");
    }

    [Fact]
    public async Task Address_OfANode_TakesAQuestionInPieces()
    {
        await using Silos silos = new();
        EchoSilo silo = await silos.EchoAsync();
        Uri address = new(silo.Address);
        using TcpClient client = new() { NoDelay = true };
        await client.ConnectAsync(address.Host, address.Port);
        NetworkStream stream = client.GetStream();
        foreach (byte letter in "RAYJOIN1"u8.ToArray())
        {
            await stream.WriteAsync(new[] { letter });
        }

        byte[] length = new byte[4];
        await stream.ReadExactlyAsync(length).AsTask().WaitAsync(ChildProcess.Patience);

        Assert.InRange(BitConverter.ToInt32(length), 2, 64 * 1024);
    }
}
