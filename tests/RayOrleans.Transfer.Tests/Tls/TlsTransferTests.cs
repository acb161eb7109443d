using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace RayOrleans.Transfer.Tests.Tls;

public sealed class TlsTransferTests : IDisposable
{
    private const int MB = TransferNode.MB;
    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Pull_OverTls_WorksForSmallAndStriped_AndReusesConnections()
    {
        PeerTls tls = _certificates.Load();
        PeerTls other = _certificates.Load(_certificates.Make("other"));
        await using TransferNode source = new(server: options => options.Tls = tls);
        await using TransferNode target = new(puller: options => (options.Tls, options.ConnectionsPerPull) = (other, 2));

        // Small, of some blocks, and of two stripes, of which one is as long as those that have threads of their own without TLS.
        int[] lengths = [1000, MB + 17, (20 * MB) + 3];
        for (int i = 0; i < lengths.Length; i++)
        {
            byte[] content = TransferNode.Bytes(lengths[i], i);
            source.Put(TransferNode.Id(i), content);
            PullResult result = await Within.Reason(target.Puller.PullAsync(target.From(source, i)), $"the pull of {lengths[i]} bytes");
            Assert.True(result.IsPulled, result.Message);
            Assert.Equal(content, target.Read(TransferNode.Id(i)));
        }

        Assert.Equal(0, source.Server.GetTotals().Rejected);
        Assert.InRange(source.Server.GetTotals().Accepted, 1, 2);
    }

    [Theory]
    [InlineData(true, false, "uses TLS")]
    [InlineData(false, true, "does not use TLS")]
    public async Task Pull_WhereOnlyOneSideUsesTls_FailsAndSaysSo(bool server, bool puller, string why)
    {
        ConcurrentQueue<string> said = [];
        await using TransferNode source = new(server: options => (options.Tls, options.Rejected) = (server ? _certificates.Load() : null, (_, text) => said.Enqueue(text)));
        await using TransferNode target = new(puller: options => (options.Tls, options.SourceRounds) = (puller ? _certificates.Load() : null, 1));
        source.Put(TransferNode.Id(1), TransferNode.Bytes(1000));
        source.Opening = static _ => throw new InvalidOperationException("A stranger was heard.");

        PullResult result = await Within.Reason(target.Puller.PullAsync(target.From(source, 1)), "the pull");

        Assert.Equal(PullStatus.SourcesFailed, result.Status);
        Assert.Contains(why, result.Message);
        Assert.Empty(source.Failures);
        await Within.Until(() => !said.IsEmpty, "the server said whom it turned away");
        Assert.Equal(1, source.Server.GetTotals().Rejected);
    }

    [Fact]
    public async Task Pull_FromANodeOfAnotherAuthority_IsRefusedHere()
    {
        using TestCertificates strangers = new();
        await using TransferNode source = new(server: options => options.Tls = strangers.Load());
        await using TransferNode target = new(puller: options => (options.Tls, options.SourceRounds) = (_certificates.Load(), 1));

        PullResult result = await Within.Reason(target.Puller.PullAsync(target.From(source, 1)), "the pull");

        Assert.Contains($"shows the certificate \"CN=node\", which is not from an authority of {_certificates.CaFile}", result.Message);
    }

    [Fact]
    public async Task Pull_WithACertificateOfAnotherAuthority_IsRefusedThere_AndBothSaySo()
    {
        using TestCertificates strangers = new();
        RayTlsOptions stranger = strangers.Make("stranger");
        stranger.CaFile = _certificates.Write("both.pem", $"{File.ReadAllText(strangers.CaFile)}\n{File.ReadAllText(_certificates.CaFile)}");
        ConcurrentQueue<string> said = [];
        await using TransferNode source = new(server: options => (options.Tls, options.Rejected) = (_certificates.Load(), (_, text) => said.Enqueue(text)));
        await using TransferNode target = new(puller: options => (options.Tls, options.SourceRounds) = (strangers.Load(stranger), 1));
        source.Opening = static _ => throw new InvalidOperationException("A stranger was heard.");

        PullResult result = await Within.Reason(target.Puller.PullAsync(target.From(source, 1)), "the pull");

        Assert.True(result.Message.Contains("does not accept the certificate \"CN=stranger\"", StringComparison.Ordinal), result.Message);
        await Within.Until(() => !said.IsEmpty, "the server said whom it turned away");
        Assert.Contains("shows the certificate \"CN=stranger\", which is not from an authority of", said.First());
        Assert.Empty(source.Failures);
    }

    [Fact]
    public async Task Connect_WithoutACertificate_IsRefused()
    {
        ConcurrentQueue<string> said = [];
        await using TransferNode source = new(server: options => (options.Tls, options.Rejected) = (_certificates.Load(), (_, text) => said.Enqueue(text)));
        using TcpClient client = new();
        await client.ConnectAsync(source.Server.EndPoint);
        await using SslStream stream = new(client.GetStream(), false, static (_, _, _, _) => true);
        Exception? error = await Record.ExceptionAsync(async () =>
        {
            await Within.Reason(stream.AuthenticateAsClientAsync("node"), "the handshake");
            await Within.Reason(stream.ReadExactlyAsync(new byte[1]).AsTask(), "the end of the connection");
        });

        Assert.True(error is IOException or AuthenticationException, $"It ended by {error}.");
        await Within.Until(() => !said.IsEmpty, "the server said whom it turned away");
        Assert.Contains("shows no certificate", said.First());
    }

    [Fact]
    public async Task Pull_WhereTheNameCounts_LooksAtIt()
    {
        await using TransferNode source = new(server: options => options.Tls = _certificates.Load());
        RayTlsOptions own = _certificates.Make("own");
        own.ServerName = "node";
        await using TransferNode right = new(puller: options => options.Tls = _certificates.Load(own));
        source.Put(TransferNode.Id(1), TransferNode.Bytes(1000));
        PullResult good = await Within.Reason(right.Puller.PullAsync(right.From(source, 1)), "the pull by the right name");
        own.ServerName = "elsewhere";
        await using TransferNode wrong = new(puller: options => (options.Tls, options.SourceRounds) = (_certificates.Load(own), 1));
        PullResult bad = await Within.Reason(wrong.Puller.PullAsync(wrong.From(source, 1)), "the pull by the wrong name");

        Assert.True(good.IsPulled, good.Message);
        Assert.Contains("which is not for \"elsewhere\"", bad.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Handshake_WithAServerOneMinorVersionLater_Works_AndNotWithOneFurtherApart(int further)
    {
        await using FakePeer server = new(
            async (socket, ct) =>
            {
                byte[] hellos = new byte[2 * HelloFrame.Bytes];
                HelloFrame.Write(hellos.AsSpan(HelloFrame.Bytes));
                hellos[HelloFrame.Bytes + 5] = (byte)(WireLimits.MinorVersion + 1 + further);
                await socket.SendAsync(hellos.AsMemory(HelloFrame.Bytes), ct);
                await socket.ReceiveAsync(hellos.AsMemory(0, HelloFrame.Bytes), ct);
                await socket.ReceiveAsync(new byte[32], ct);
                await socket.SendAsync(System.Security.Cryptography.HMACSHA256.HashData([], [(byte)'S', .. hellos]), ct);
            },
            greet: false);
        using SocketExchange socket = await SocketExchange.ConnectAsync(server.EndPoint, TimeSpan.FromSeconds(30), TimeProvider.System, default);

        Exception? error = await Record.ExceptionAsync(() => Within.Reason(Handshake.AsClientAsync(socket, default, null, default).AsTask(), "the handshake"));

        if (further == 0)
        {
            Assert.Null(error);
        }
        else
        {
            Assert.Equal(PeerFailure.Protocol, Assert.IsType<PeerFailedException>(error).Failure);
        }
    }
}
