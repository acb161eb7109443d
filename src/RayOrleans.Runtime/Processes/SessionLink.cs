using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Processes.Wire;

namespace RayOrleans.Runtime.Processes;

/// <summary>
/// One end of a session's connection: messages in order, many in a frame, and requests beside them. Frames have their length before them. Whoever has something
/// to say sends it on its own thread as long as that cannot block; what may have to wait for the other end is sent by a thread of its own. Reading has a thread
/// that never waits for anything else, so two ends that have much to say to each other cannot stand still.
/// </summary>
internal sealed class SessionLink : IDisposable
{
    /// <summary>So many messages may wait for the other end before those who make them wait as well.</summary>
    public const int MaxWaiting = 100_000;

    /// <summary>Frames grow to about this many bytes before they leave.</summary>
    private const int SoftFrameBytes = 64 << 10;
    private const int BufferBytes = 128 << 10;
    private const int LengthBytes = 4;

    /// <summary>With so many frames waiting, what tasks write is dropped.</summary>
    private const int MaxWaitingOutput = 256;
    private static readonly TimeSpan RoomPause = TimeSpan.FromMilliseconds(1);
    private const int HeadBytes = LengthBytes + 1;
    private const int Idle = 0;
    private const int Draining = 1;
    private const int More = 2;

    private readonly SessionChannel _channel;
    private readonly SessionCodec _codec;
    private readonly Func<List<SessionMessage>> _take;
    private readonly Action<List<SessionMessage>> _came;
    private readonly Func<NodeRequest, ReadOnlyMemory<byte>, ValueTask<byte[]>>? _serve;
    private readonly Action<string> _ended;
    private readonly ConcurrentQueue<byte[]> _frames = new();
    private readonly SemaphoreSlim _handedOver = new(0);
    private readonly ConcurrentDictionary<long, TaskCompletionSource<byte[]>> _asked = new();
    private readonly Thread _reader;
    private long _lastRequest;
    private int _state;
    private int _isEnded;

    // Of whoever drains.
    private List<SessionMessage> _messages = [];
    private int _sent;
    private byte[]? _frame;
    private Thread? _sender;

    /// <summary>An end that reads once <see cref="Start"/> is called.</summary>
    /// <param name="channel">The connection, which this owns.</param>
    /// <param name="codec">The form of messages.</param>
    /// <param name="take">Takes what is to be sent, in order.</param>
    /// <param name="came">Told of messages, on the reading thread.</param>
    /// <param name="serve">Answers requests; null: there are none.</param>
    /// <param name="ended">Told once, with the reason as a clause, when nothing more comes.</param>
    public SessionLink(
        SessionChannel channel,
        SessionCodec codec,
        Func<List<SessionMessage>> take,
        Action<List<SessionMessage>> came,
        Func<NodeRequest, ReadOnlyMemory<byte>, ValueTask<byte[]>>? serve,
        Action<string> ended)
    {
        _channel = channel;
        _codec = codec;
        _take = take;
        _came = came;
        _serve = serve;
        _ended = ended;
        _reader = new Thread(Read) { IsBackground = true, Name = "ray session" };
    }

    /// <summary>In a driver: takes what its tasks have written, on the reading thread; null: nothing of that comes.</summary>
    public Action<ReadOnlyMemory<byte>>? OutputCame { get; init; }

    /// <summary>How many messages wait to be taken; null: that is not looked at.</summary>
    public Func<int>? WaitingCount { get; init; }

    /// <summary>Begins to read.</summary>
    public void Start() => _reader.UnsafeStart();

    /// <summary>There may be something to take.</summary>
    public void Signal()
    {
        if (Interlocked.Exchange(ref _state, More) == Idle)
        {
            Drain(mayBlock: false);
        }
    }

    /// <summary>Sends messages that are not the session's own, before or between those.</summary>
    public void Send(List<SessionMessage> messages)
    {
        for (int sent = 0; sent < messages.Count;)
        {
            _frames.Enqueue(Encode(messages, ref sent));
        }

        Signal();
    }

    /// <summary>Sends what tasks have written, unless much waits already.</summary>
    /// <returns>Whether it is sent.</returns>
    public bool TrySendOutput(ReadOnlySpan<byte> lines)
    {
        if (_frames.Count >= MaxWaitingOutput || Volatile.Read(ref _isEnded) != 0)
        {
            return false;
        }

        byte[] frame = new byte[HeadBytes + lines.Length];
        WriteHead(frame, SessionFrame.Output);
        lines.CopyTo(frame.AsSpan(HeadBytes));
        _frames.Enqueue(frame);
        Signal();
        return true;
    }

    /// <summary>In a process that submits: waits while the node is far behind with what this end has to say.</summary>
    /// <param name="submitter">The attempt that submits, which waits no longer than it is wanted; null: the program does.</param>
    public void WaitForRoom(Attempt? submitter)
    {
        while (WaitingCount?.Invoke() > MaxWaiting && Volatile.Read(ref _isEnded) == 0 && submitter is not { IsAbandoned: true })
        {
            // The node takes its time, which is long for a processor: nobody is kept from running meanwhile.
            Thread.Sleep(RoomPause);
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
            _frames.Enqueue(frame);
            Signal();
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
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - LengthBytes);
        frame[LengthBytes] = (byte)kind;
    }

    /// <summary>Sends all there is. Only one thread does; the others leave it a sign.</summary>
    /// <param name="mayBlock">Whether this is the thread that may wait for the other end; it is given what others cannot send at once.</param>
    private void Drain(bool mayBlock)
    {
        try
        {
            do
            {
                Interlocked.Exchange(ref _state, Draining);
                if (!TrySendAll(mayBlock))
                {
                    // Handed over, or at an end: whoever is told of that clears up, and nothing more leaves.
                    return;
                }
            }
            while (Interlocked.CompareExchange(ref _state, Idle, Draining) != Draining);
        }
        catch (Exception e) when (SessionChannel.IsBreak(e))
        {
            End($"the connection broke: {e.Message}");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // What was taken cannot be taken again: the session ends, rather than standing still.
            End($"what was to be sent could not be written: {e.GetType().Name}: {e.Message}");
        }
    }

    private bool TrySendAll(bool mayBlock)
    {
        bool hasTaken = _sent == _messages.Count;
        if (hasTaken)
        {
            _messages = _take();
            _sent = 0;
        }

        while (true)
        {
            if (_frame is null && !_frames.TryDequeue(out _frame))
            {
                if (_sent == _messages.Count)
                {
                    _messages = hasTaken ? [] : _take();
                    _sent = 0;
                    if (_messages.Count == 0)
                    {
                        return true;
                    }

                    // What was handed over is sent. The sign for what came before it was handed over is gone.
                    hasTaken = true;
                }

                _frame = Encode(_messages, ref _sent);
            }

            if (!mayBlock && (_frame.Length > SessionChannel.DirectBytes || !_channel.CanSend))
            {
                HandOver();
                return false;
            }

            _channel.Send(_frame);
            _frame = null;
        }
    }

    private void HandOver()
    {
        if (_sender is null)
        {
            _sender = new Thread(SendHandedOver) { IsBackground = true, Name = "ray session sender" };
            _sender.UnsafeStart();
        }

        _handedOver.Release();
    }

    private void SendHandedOver()
    {
        while (true)
        {
            _handedOver.Wait();
            if (Volatile.Read(ref _isEnded) != 0)
            {
                return;
            }

            Drain(mayBlock: true);
        }
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

    private void Read()
    {
        string why = "it closed the connection";
        try
        {
            why = ReadFrames() ?? why;
        }
        catch (Exception e) when (SessionChannel.IsBreak(e))
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

    /// <summary>Takes frames until there are no more.</summary>
    /// <returns>Why it stopped before; null: the other end has closed the connection.</returns>
    private string? ReadFrames()
    {
        // What is kept of a frame is copied out of it, so the buffer serves again.
        byte[] buffer = new byte[BufferBytes];
        int start = 0;
        int end = 0;
        while (true)
        {
            int wanted = HeadBytes;
            if (end - start >= HeadBytes)
            {
                int length = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(start));
                if (length is < 1 or > SessionCodec.MaxBytes + 1)
                {
                    return $"it sent a frame of {length} bytes; at most {SessionCodec.MaxBytes + 1} are read";
                }

                wanted = LengthBytes + length;
                if (end - start >= wanted)
                {
                    Take((SessionFrame)buffer[start + LengthBytes], buffer.AsMemory(start + HeadBytes, length - 1));
                    start += wanted;
                    continue;
                }
            }

            (buffer, start, end) = MakeRoom(buffer, start, end, wanted);
            int count = _channel.Receive(buffer.AsSpan(end));
            if (count == 0)
            {
                return null;
            }

            end += count;
        }
    }

    /// <summary>Room for a frame behind what was read of it; a buffer that a large frame needed goes with it.</summary>
    private static (byte[] Buffer, int Start, int End) MakeRoom(byte[] buffer, int start, int end, int wanted)
    {
        int size = Math.Max(BufferBytes, wanted);
        if (start + wanted <= buffer.Length && end < buffer.Length && buffer.Length == size)
        {
            return (buffer, start, end);
        }

        byte[] target = buffer.Length == size ? buffer : new byte[size];
        buffer.AsSpan(start, end - start).CopyTo(target);
        return (target, 0, end - start);
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
            case SessionFrame.Output when OutputCame is not null:
                OutputCame(frame);
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
        _frames.Enqueue(frame);
        Signal();
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

        _channel.Dispose();
        _handedOver.Release();
        foreach ((long number, TaskCompletionSource<byte[]> answer) in _asked)
        {
            Refuse(number, answer);
        }

        _ended(why);
    }
}
