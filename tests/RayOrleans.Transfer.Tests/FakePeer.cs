using System.Net;
using System.Net.Sockets;

namespace RayOrleans.Transfer.Tests;

/// <summary>A data port that shakes hands as it should and then does what a test wants.</summary>
internal sealed class FakePeer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _connections = [];
    private readonly Func<SocketExchange, CancellationToken, Task> _serve;
    private readonly bool _greet;
    private readonly Task _accepting;
    private int _accepted;

    public FakePeer(Func<SocketExchange, CancellationToken, Task> serve, bool greet = true)
    {
        _serve = serve;
        _greet = greet;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>A peer that answers each request for bytes by a function of its own.</summary>
    public static FakePeer Answering(Func<SocketExchange, RequestFrame, CancellationToken, Task> answer) => new(async (socket, ct) =>
    {
        byte[] frame = new byte[RequestFrame.Bytes];
        while (true)
        {
            await socket.ReceiveAsync(frame, ct);
            await answer(socket, RequestFrame.Read(frame), ct);
        }
    });

    /// <summary>An answer as a real server gives it, with what a test wants changed.</summary>
    public static byte[] Answer(RequestFrame request, byte[] content, Answer answer = Transfer.Answer.Here, Func<ResponseFrame, ResponseFrame>? change = null, ulong spoil = 0)
    {
        int length = request.Ask == Ask.Bytes && answer == Transfer.Answer.Here ? request.Length : 0;
        ResponseFrame head = new(answer, request.Number, content.Length, request.Offset, length);
        byte[] bytes = new byte[ResponseFrame.Bytes + length + (8 * WireLimits.Blocks(length))];
        (change?.Invoke(head) ?? head).Write(bytes);
        content.AsSpan((int)request.Offset, length).CopyTo(bytes.AsSpan(ResponseFrame.Bytes));
        for (int i = 0; i < WireLimits.Blocks(length); i++)
        {
            int start = i * ObjectChecksum.BlockBytes;
            ulong checksum = ObjectChecksum.OfBlock(content.AsSpan((int)request.Offset + start, Math.Min(ObjectChecksum.BlockBytes, length - start)));
            BitConverter.TryWriteBytes(bytes.AsSpan(ResponseFrame.Bytes + length + (8 * i)), checksum ^ spoil);
        }

        return bytes;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Within.Reason(Task.WhenAll(_connections), "the fake peer's connections to end");
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                _connections.Add(RunAsync(SocketExchange.TryWrap(socket, TimeProvider.System)!));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task RunAsync(SocketExchange socket)
    {
        using (socket)
        {
            try
            {
                if (_greet)
                    await Handshake.AsServerAsync(socket, default, _stop.Token);
                await _serve(socket, _stop.Token);
            }
            catch (Exception error) when (error is PeerFailedException or OperationCanceledException)
            {
                // The puller has closed it, or the test has ended.
            }
        }
    }
}
