using System.Net;

namespace RayOrleans.Transfer.Tests.Serving;

public sealed class SecretTests
{
    private static readonly byte[] Secret = "a secret of the cluster"u8.ToArray();

    [Fact]
    public async Task Pull_SameSecret_Works()
    {
        await using TransferNode source = new(server: static options => options.Secret = Secret);
        await using TransferNode target = new(puller: static options => options.Secret = Secret.ToArray());
        source.Put(TransferNode.Id(1), TransferNode.Bytes(1000));
        Assert.True((await Within.Reason(target.Puller.PullAsync(target.From(source, 1)), "the pull")).IsPulled);
    }

    [Theory]
    [InlineData("a secret of the cluster", "another")]
    [InlineData("a secret of the cluster", "")]
    [InlineData("", "a secret of the cluster")]
    public async Task Pull_OtherSecret_IsRefusedBeforeAnythingIsRead(string server, string puller)
    {
        await using TransferNode source = new(server: options => options.Secret = System.Text.Encoding.UTF8.GetBytes(server));
        await using TransferNode target = new(puller: options => options.Secret = System.Text.Encoding.UTF8.GetBytes(puller));
        source.Put(TransferNode.Id(1), TransferNode.Bytes(1000));
        source.Opening = static _ => throw new InvalidOperationException("A stranger was heard.");

        PullResult result = await Within.Reason(target.Puller.PullAsync(target.From(source, 1)), "the pull");

        Assert.Equal(PullStatus.SourcesFailed, result.Status);
        Assert.Contains("secret", result.Message);
        Assert.Empty(source.Failures);
        Assert.True(source.Server.GetTotals().Rejected > 0);
    }

    [Fact]
    public async Task Pull_ServerDoesNotKnowTheSecret_IsNotBelieved()
    {
        // It lets everybody in and then makes up a proof.
        await using FakePeer impostor = new(
            static async (socket, ct) =>
            {
                byte[] hello = new byte[HelloFrame.Bytes];
                HelloFrame.Write(hello);
                await socket.SendAsync(hello, ct);
                await socket.ReceiveAsync(hello, ct);
                byte[] proof = new byte[32];
                await socket.ReceiveAsync(proof, ct);
                // The client's own proof, sent back.
                await socket.SendAsync(proof, ct);
                await socket.ReceiveAsync(new byte[1], ct);
            },
            greet: false);
        await using TransferNode target = new(puller: static options => (options.Secret, options.SourceRounds) = (Secret, 1));

        PullResult result = await Within.Reason(target.Puller.PullAsync(TransferNode.From(TransferNode.Id(1), 0, impostor.EndPoint)), "the pull");

        Assert.Equal(PullStatus.SourcesFailed, result.Status);
        Assert.Contains("another cluster secret", result.Message);
    }

    [Fact]
    public void Server_BeyondLoopbackWithoutSecret_IsAnInvalidOption()
    {
        TransferServerOptions options = new() { ListenEndPoint = new IPEndPoint(IPAddress.Any, 0) };
        Assert.Contains("Secret", Assert.Throws<ArgumentException>(options.Validate).Message);
        options.Secret = Secret;
        options.Validate();
    }

    [Fact]
    public async Task Pull_BeyondLoopbackWithoutSecret_IsRefusedHere()
    {
        await using TransferNode target = new(puller: static options => options.SourceRounds = 1);
        PullResult result = await Within.Reason(
            target.Puller.PullAsync(TransferNode.From(TransferNode.Id(1), 0, new IPEndPoint(IPAddress.Parse("192.0.2.1"), 9))),
            "the pull");
        Assert.Equal(PullStatus.SourcesFailed, result.Status);
        Assert.Contains("needs a cluster secret", result.Message);
    }
}
