using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Processes.Wire;

namespace RayOrleans.Runtime.Processes;

/// <summary>
/// One end of a session's connection: messages in order, many in a frame, and requests beside them. Frames have their length before them. Whoever has something
/// to say sends it on its own thread while the other end takes it; reading has a thread of its own, so what does not read holds nobody else up.
/// </summary>
internal sealed class SessionLink : IDisposable
{
    /// <summary>Frames grow to about this many bytes before they leave.</summary>
    private const int SoftFrameBytes = 256 << 10;
    private const int HeadBytes = 5;
    private const int Idle = 0;
    private const int Draining = 1;
    private const int More = 2;

    private readonly Socket _socket;
    private readonly SessionCodec _codec;
    private readonly Func<List<SessionMessage>> _take;
    private readonly Action<List<SessionMessage>> _came;
    private readonly Func<NodeRequest, ReadOnlyMemory<byte>, ValueTask<byte[]>>? _serve;
    private readonly Action<string> _ended;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ConcurrentDictionary<long, TaskCompletionSource<byte[]>> _asked = new();
    private readonly Thread _reader;
    private long _lastRequest;
    private int _state;
    private int _isEnded;

    /// <summary>An end that reads once <see cref="Start"/> is called.</summary>
    /// <param name="socket">The connection, which this owns.</param>
    /// <param name="codec">The form of messages.</param>
    /// <param name="take">Takes what is to be sent, in order.</param>
    /// <param name="came">Told of messages, on the reading thread.</param>
    /// <param name="serve">Answers requests; null: there are none.</param>
    /// <param name="ended">Told once, with the reason as a clause, when nothing more comes.</param>
    public SessionLink(
        Socket socket,
        SessionCodec codec,
        Func<List<SessionMessage>> take,
        Action<List<SessionMessage>> came,
        Func<NodeRequest, ReadOnlyMemory<byte>, ValueTask<byte[]>>? serve,
        Action<string> ended)
    {
        _socket = socket;
        _codec = codec;
        _take = take;
        _came = came;
        _serve = serve;
        _ended = ended;
        _reader = new Thread(Read) { IsBackground = true, Name = "ray session" };
    }

    /// <summary>Begins to read.</summary>
    public void Start() => _reader.UnsafeStart();

    /// <summary>There may be something to take.</summary>
    public void Signal()
    {
        if (Interlocked.Exchange(ref _state, More) == Idle)
        {
            _ = DrainAsync();
        }
    }

    /// <summary>Sends messages that are not the session's own, before or between those.</summary>
    public async Task SendAsync(List<SessionMessage> messages)
    {
        for (int sent = 0; sent < messages.Count;)
        {
            byte[] frame = Encode(messages, ref sent);
            if (!await TrySendAsync(frame).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    /// <summary>Asks the node.</summary>
    /// <exception cref="RayException">It says why not.</exception>
    /// <exception cref="NodeDiedException">The connection is gone.</exception>
    public async Task<byte[]> AskAsync(NodeRequest kind, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        long number = Interlocked.Increment(ref _lastRequest);
        TaskCompletionSource<byte[]> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[number] = answer;
        if (Volatile.Read(ref _isEnded) != 0)
        {
            Refuse(number, answer);
        }
        else
        {
            byte[] frame = new byte[HeadBytes + 9 + request.Length];
            WriteHead(frame, SessionFrame.Request);
            BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(HeadBytes), number);
            frame[HeadBytes + 8] = (byte)kind;
            request.CopyTo(frame.AsMemory(HeadBytes + 9));
            await TrySendAsync(frame).ConfigureAwait(false);
        }

        try
        {
            return await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _asked.TryRemove(number, out _);
        }
    }

    /// <summary>Ends the connection.</summary>
    public void Dispose() => End("it was closed");

    private static void WriteHead(Span<byte> frame, SessionFrame kind)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - sizeof(int));
        frame[sizeof(int)] = (byte)kind;
    }

    private async Task DrainAsync()
    {
        try
        {
            await SendTakenAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // What was taken cannot be taken again: the session ends, rather than standing still.
            End($"what was to be sent could not be written: {e.GetType().Name}: {e.Message}");
        }
    }

    private async Task SendTakenAsync()
    {
        do
        {
            Interlocked.Exchange(ref _state, Draining);
            List<SessionMessage> messages = _take();
            for (int sent = 0; sent < messages.Count;)
            {
                byte[] frame = Encode(messages, ref sent);
                if (!await TrySendAsync(frame).ConfigureAwait(false))
                {
                    // Whoever is told of the end clears up; nothing more leaves.
                    return;
                }
            }
        }
        while (Interlocked.CompareExchange(ref _state, Idle, Draining) != Draining);
    }

    private byte[] Encode(List<SessionMessage> messages, ref int sent)
    {
        WireWriter w = WireWriter.Borrow();
        try
        {
            w.Raw(stackalloc byte[HeadBytes]);
            sent += _codec.Write(w, messages, sent, SoftFrameBytes);
            byte[] frame = w.ToArray();
            WriteHead(frame, SessionFrame.Messages);
            return frame;
        }
        finally
        {
            WireWriter.Return(w);
        }
    }

    private async ValueTask<bool> TrySendAsync(ReadOnlyMemory<byte> frame)
    {
        await _sending.WaitAsync().ConfigureAwait(false);
        try
        {
            while (!frame.IsEmpty)
            {
                frame = frame[await _socket.SendAsync(frame, SocketFlags.None).ConfigureAwait(false)..];
            }

            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            End($"the connection broke: {e.Message}");
            return false;
        }
        finally
        {
            _sending.Release();
        }
    }

    private void Read()
    {
        string why = "it closed the connection";
        byte[] head = new byte[HeadBytes];
        byte[] body = new byte[64 << 10];
        try
        {
            while (TryReceive(head))
            {
                int length = BinaryPrimitives.ReadInt32LittleEndian(head) - 1;
                if (length is < 0 or > SessionCodec.MaxBytes)
                {
                    why = $"it sent a frame of {length} bytes; at most {SessionCodec.MaxBytes} are read";
                    break;
                }

                // What is kept of a frame is copied out of it, so the buffer serves again.
                if (length > body.Length)
                {
                    body = new byte[length];
                }

                if (!TryReceive(body.AsSpan(0, length)))
                {
                    break;
                }

                Take((SessionFrame)head[sizeof(int)], body.AsMemory(0, length));
                if (body.Length > 4 * SoftFrameBytes)
                {
                    body = new byte[64 << 10];
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            why = $"the connection broke: {e.Message}";
        }
        catch (Exception e) when (e is CorruptBatchException or SessionProtocolException)
        {
            why = $"it broke the protocol: {e.Message}";
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever the other side has said: it ends its session, not this process.
            why = $"what it said could not be taken: {e.GetType().Name}: {e.Message}";
        }

        End(why);
    }

    private void Take(SessionFrame kind, ReadOnlyMemory<byte> frame)
    {
        switch (kind)
        {
            case SessionFrame.Messages:
                _came(_codec.Read(frame));
                break;
            case SessionFrame.Request when _serve is not null && frame.Length >= 9:
                long number = BinaryPrimitives.ReadInt64LittleEndian(frame.Span);
                _ = ServeAsync(number, (NodeRequest)frame.Span[8], frame[9..].ToArray());
                break;
            case SessionFrame.Answer when frame.Length >= 9:
                if (_asked.TryRemove(BinaryPrimitives.ReadInt64LittleEndian(frame.Span), out TaskCompletionSource<byte[]>? asked))
                {
                    if (frame.Span[8] == 0)
                    {
                        asked.SetResult(frame[9..].ToArray());
                    }
                    else
                    {
                        asked.SetException(new RayException(System.Text.Encoding.UTF8.GetString(frame.Span[9..])));
                    }
                }

                break;
            default:
                throw new SessionProtocolException($"Frame {(byte)kind} of {frame.Length} bytes is not known.");
        }
    }

    private async Task ServeAsync(long number, NodeRequest kind, byte[] request)
    {
        byte failed = 0;
        byte[] answer;
        try
        {
            answer = await _serve!(kind, request).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever it is, whoever asked is told.
            failed = 1;
            answer = System.Text.Encoding.UTF8.GetBytes(e.Message);
        }

        byte[] frame = new byte[HeadBytes + 9 + answer.Length];
        WriteHead(frame, SessionFrame.Answer);
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(HeadBytes), number);
        frame[HeadBytes + 8] = failed;
        answer.CopyTo(frame.AsSpan(HeadBytes + 9));
        await TrySendAsync(frame).ConfigureAwait(false);
    }

    private bool TryReceive(Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            int count = _socket.Receive(target);
            if (count == 0)
            {
                return false;
            }

            target = target[count..];
        }

        return true;
    }

    private void Refuse(long number, TaskCompletionSource<byte[]> answer)
    {
        _asked.TryRemove(number, out _);
        answer.TrySetException(new NodeDiedException("The node of this process is gone."));
    }

    private void End(string why)
    {
        if (Interlocked.Exchange(ref _isEnded, 1) != 0)
        {
            return;
        }

        _socket.Dispose();
        foreach ((long number, TaskCompletionSource<byte[]> answer) in _asked)
        {
            Refuse(number, answer);
        }

        _ended(why);
    }
}
