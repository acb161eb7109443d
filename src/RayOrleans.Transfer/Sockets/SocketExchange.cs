using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Authentication;

namespace RayOrleans.Transfer;

/// <summary>Whole sends and receives on a socket, under a <see cref="StallGuard"/>. One send and one receive at a time.</summary>
internal sealed class SocketExchange : IDisposable
{
    /// <summary>
    /// From so many bytes on a body is moved by a thread of its own that waits in the kernel. A wait of the asynchronous kind wakes two threads, one after the
    /// other, and in a large body there are thousands of them.
    /// </summary>
    public const int DefaultThreadBytes = 16 << 20;

    /// <summary>How long a wait in the kernel may take before it is looked whether it is still wanted.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private const int LinuxSocketLevel = 1;
    private const int LinuxReceiveLowWatermark = 18;

    private readonly Socket _socket;
    private SslStream? _tls;
    private int _wakeBytes = 1;

    private SocketExchange(Socket socket, TimeProvider time)
    {
        _socket = socket;

        // For those that wait on a thread; the asynchronous ones are not concerned.
        _socket.Blocking = false;
        Guard = new StallGuard(time, socket.Dispose);
    }

    /// <summary>Closes the socket when nothing moves.</summary>
    public StallGuard Guard { get; }

    /// <summary>Whether bodies may be moved by a thread that waits in the kernel: not what is encrypted, where the kernel does not know how much of a record is still to come.</summary>
    public bool WaitsOnThreads => _tls is null;

    /// <summary>Where the other side is.</summary>
    public EndPoint? Peer
    {
        get
        {
            try
            {
                return _socket.RemoteEndPoint;
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return null;
            }
        }
    }

    /// <summary>Whether something arrived that nobody asked for, which for a resting connection is its end, or garbage.</summary>
    public bool HasUnexpectedInput
    {
        get
        {
            try
            {
                return _socket.Poll(0, SelectMode.SelectRead);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return true;
            }
        }
    }

    /// <summary>Takes over an accepted socket; null, and the socket closed, when the other side has gone already.</summary>
    public static SocketExchange? TryWrap(Socket socket, TimeProvider time)
    {
        try
        {
            socket.NoDelay = true;
            return new SocketExchange(socket, time);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Connects.</summary>
    /// <exception cref="PeerFailedException">It did not work in time.</exception>
    public static async Task<SocketExchange> ConnectAsync(EndPoint peer, TimeSpan timeout, TimeProvider time, CancellationToken ct)
    {
        Socket socket = peer.AddressFamily == AddressFamily.Unspecified
            ? new Socket(SocketType.Stream, ProtocolType.Tcp)
            : new Socket(peer.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using CancellationTokenSource limit = new(timeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            await socket.ConnectAsync(peer, either.Token).ConfigureAwait(false);
            socket.NoDelay = true;
            return new SocketExchange(socket, time);
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new PeerFailedException(PeerFailure.Unreachable, $"cannot be reached ({error.SocketErrorCode})", error);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            socket.Dispose();
            throw new PeerFailedException(PeerFailure.Unreachable, $"did not accept a connection within {timeout.TotalSeconds:0.###} s");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Encrypts the connection, before anything was sent or received.</summary>
    /// <param name="tls">This side's certificates.</param>
    /// <param name="accepted">Whether the other side has connected to this one.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="PeerFailedException">It did not work.</exception>
    public async Task SecureAsync(PeerTls tls, bool accepted, CancellationToken ct)
    {
        try
        {
            _socket.Blocking = true;
            NetworkStream inner = new(_socket, ownsSocket: false);
            _tls = await (accepted ? tls.AcceptAsync(inner, ct) : tls.ConnectAsync(inner, ct)).ConfigureAwait(false);
        }
        catch (AuthenticationException error)
        {
            throw Guard.HasFired ? Broken(error) : new PeerFailedException(PeerFailure.Refused, error.Message, error);
        }
        catch (Exception error) when (IsBreak(error))
        {
            throw Broken(error);
        }
    }

    /// <summary>Receives exactly as many bytes as there is room for.</summary>
    /// <exception cref="PeerFailedException">The connection ended or stalled.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the connection must be closed.</exception>
    public async ValueTask ReceiveAsync(Memory<byte> target, CancellationToken ct)
    {
        try
        {
            while (!target.IsEmpty)
            {
                int count = _tls is null
                    ? await _socket.ReceiveAsync(target, SocketFlags.None, ct).ConfigureAwait(false)
                    : await _tls.ReadAsync(target, ct).ConfigureAwait(false);
                if (count == 0)
                    throw new PeerFailedException(PeerFailure.Closed, "closed the connection");
                target = target[count..];
            }
        }
        catch (Exception error) when (IsBreak(error))
        {
            throw Broken(error);
        }
    }

    /// <summary>As <see cref="ReceiveAsync"/>, on this thread; only if <see cref="WaitsOnThreads"/>.</summary>
    /// <inheritdoc cref="ReceiveAsync"/>
    public void Receive(Span<byte> target, CancellationToken ct)
    {
        while (!target.IsEmpty)
        {
            int count = Try(SelectMode.SelectRead, target, static (socket, bytes) => (socket.Receive(bytes, SocketFlags.None, out SocketError error), error), ct);
            if (count == 0)
                throw new PeerFailedException(PeerFailure.Closed, "closed the connection");
            target = target[count..];
        }
    }

    /// <summary>As <see cref="SendAsync"/>, on this thread; only if <see cref="WaitsOnThreads"/>.</summary>
    /// <inheritdoc cref="ReceiveAsync"/>
    public void Send(ReadOnlySpan<byte> source, CancellationToken ct)
    {
        while (!source.IsEmpty)
            source = source[Try(SelectMode.SelectWrite, source, static (socket, bytes) => (socket.Send(bytes, SocketFlags.None, out SocketError error), error), ct)..];
    }

    /// <summary>
    /// A receive that has to wait is woken when this many bytes have arrived, or the connection ends (SO_RCVLOWAT; elsewhere than on Linux, at any byte).
    /// Whoever asks for more than one knows that at least as many are still to come, and asks for one again before the end.
    /// </summary>
    public void WakeAt(int bytes)
    {
        if (bytes == _wakeBytes || _tls is not null || !OperatingSystem.IsLinux())
            return;
        try
        {
            _socket.SetRawSocketOption(LinuxSocketLevel, LinuxReceiveLowWatermark, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in bytes)));
            _wakeBytes = bytes;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            throw Broken(error);
        }
    }

    /// <summary>Sends all bytes.</summary>
    /// <inheritdoc cref="ReceiveAsync"/>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> source, CancellationToken ct)
    {
        try
        {
            if (_tls is not null)
            {
                await _tls.WriteAsync(source, ct).ConfigureAwait(false);
                return;
            }

            while (!source.IsEmpty)
                source = source[await _socket.SendAsync(source, SocketFlags.None, ct).ConfigureAwait(false)..];
        }
        catch (Exception error) when (IsBreak(error))
        {
            throw Broken(error);
        }
    }

    public void Dispose()
    {
        Guard.Dispose();
        _socket.Dispose();
        _tls?.Dispose();
    }

    /// <summary>Whether the connection has ended, in whatever way: a stream puts exceptions of its own around those of the socket.</summary>
    private static bool IsBreak(Exception error) => error is SocketException or ObjectDisposedException or (IOException and not PeerFailedException);

    private int Try<TBytes>(SelectMode mode, TBytes bytes, Func<Socket, TBytes, (int Count, SocketError Error)> move, CancellationToken ct)
        where TBytes : allows ref struct
    {
        try
        {
            while (true)
            {
                (int count, SocketError error) = move(_socket, bytes);
                if (error == SocketError.Success)
                    return count;
                if (error != SocketError.WouldBlock)
                    throw new SocketException((int)error);
                ct.ThrowIfCancellationRequested();
                _socket.Poll(Look, mode);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            throw Broken(error);
        }
    }

    private PeerFailedException Broken(Exception error) => Guard.HasFired
        ? new PeerFailedException(PeerFailure.Stalled, "stalled", error)
        : new PeerFailedException(PeerFailure.Closed, $"broke the connection ({((error as SocketException) ?? error.InnerException as SocketException)?.SocketErrorCode.ToString() ?? "closed here"})", error);
}
