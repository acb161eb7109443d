using System.Net;

namespace RayOrleans.Transfer.Tests.Serving;

/// <summary>The puller's side of a connection, byte by byte.</summary>
internal sealed class RawClient : IDisposable
{
    private RawClient(SocketExchange socket) => Socket = socket;

    public SocketExchange Socket { get; }

    public static async Task<RawClient> ConnectAsync(EndPoint peer, bool greet = true)
    {
        RawClient client = new(await SocketExchange.ConnectAsync(peer, TimeSpan.FromSeconds(30), TimeProvider.System, default));
        if (greet)
            await Handshake.AsClientAsync(client.Socket, default, null, default);
        return client;
    }

    public async Task SendAsync(byte[] bytes) => await Socket.SendAsync(bytes, default);

    public Task SendAsync(RequestFrame request)
    {
        byte[] frame = new byte[RequestFrame.Bytes];
        request.Write(frame);
        return SendAsync(frame);
    }

    public async Task<byte[]> ReceiveAsync(int length)
    {
        byte[] bytes = new byte[length];
        await Within.Reason(Socket.ReceiveAsync(bytes, default).AsTask(), $"{length} bytes");
        return bytes;
    }

    /// <summary>Reads until the server closes.</summary>
    public async Task AssertClosedAsync()
    {
        async Task ReadOn()
        {
            byte[] bytes = new byte[1];
            while (true)
                await Socket.ReceiveAsync(bytes, default);
        }

        PeerFailedException error = await Assert.ThrowsAsync<PeerFailedException>(() => Within.Reason(ReadOn(), "the server to close the connection"));
        Assert.Equal(PeerFailure.Closed, error.Failure);
    }

    public void Dispose() => Socket.Dispose();
}
