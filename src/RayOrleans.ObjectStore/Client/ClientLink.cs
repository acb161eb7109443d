using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace RayOrleans.ObjectStore;

/// <summary>
/// A client's connection. Whoever blocks for an answer reads the socket itself, if nobody else does: an answer then costs one waking, not two. For answers
/// that nobody blocks for, a thread reads while there are any on their way; another sends what flows have appended, and releases. Thread-safe.
/// </summary>
internal sealed unsafe class ClientLink
{
    private static readonly TimeSpan ReleaseDelay = TimeSpan.FromMilliseconds(1);

    private readonly Socket _socket;
    private readonly FrameInput _input;
    private readonly FrameOutput _output;
    private readonly PendingTable _pending = new();
    private readonly ReleaseQueue _releases = new();
    private readonly LinkThread _reader;
    private readonly LinkThread _writer;
    private int _isReading;
    private int _isLetGo;
    private int _holds = 1;
    private volatile bool _hasCollected;
    private string? _reason;

    public ClientLink(Socket socket, FrameInput input, ArenaView view)
    {
        _socket = socket;
        _input = input;
        _output = new FrameOutput(socket);
        View = view;
        _reader = new LinkThread("store answers", ReadForFlows);
        _writer = new LinkThread("store requests", SendForFlows);
    }

    public ArenaView View { get; }

    /// <summary>Sends a request and blocks until it is answered.</summary>
    public PendingResult Call(FrameKind kind, byte detail, StoreKey key, ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest = default)
    {
        PendingRequest request = Begin(kind, detail, key, AnswerTaker.Thread, head, rest);
        if (!_output.FlushAndWait())
            Fail(null);
        while (!request.IsAnswered)
        {
            if (Interlocked.CompareExchange(ref _isReading, 1, 0) != 0)
            {
                // Whoever stops reading wakes the reading thread if there are answers to come.
                request.Wait();
                continue;
            }

            while (!request.IsAnswered)
                ReadOnce();
            StopReading();
        }

        return request.Take();
    }

    /// <summary>Sends a request whose answer is taken later, or by nobody.</summary>
    public PendingRequest Send(FrameKind kind, byte detail, StoreKey key, AnswerTaker taker, ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest = default)
    {
        PendingRequest request = Begin(kind, detail, key, taker, head, rest);
        // A lone request goes at once; with others on their way, what comes together is sent together.
        if (_pending.Count > 1 && !_output.IsFull)
            _writer.Wake();
        else if (!_output.FlushAndWait())
            Fail(null);
        if (Volatile.Read(ref _isReading) == 0)
            _reader.Wake();
        return request;
    }

    /// <summary>Asks for the end of a request that waits at the server.</summary>
    public void Cancel(uint number)
    {
        _output.Append(FrameKind.Cancel, 0, AnswerShape.Nothing, number, default);
        _writer.Wake();
    }

    public void SendAbort(uint number)
    {
        Span<byte> body = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(body, number);
        Send(FrameKind.Abort, 0, default, AnswerTaker.Nobody, body);
    }

    public void Release(uint number, bool collected)
    {
        if (_releases.Add(number, collected))
            _writer.Wake();
    }

    /// <summary>The collector found a hold; on its finalizer thread, so nothing is done here.</summary>
    public void OnCollected(ClientHold hold)
    {
        if (_releases.Add(hold))
            _writer.Wake();
    }

    /// <summary>A hold is over; the connection ends with the last one.</summary>
    public void EndHold(bool collected)
    {
        if (collected)
            _hasCollected = true;
        if (Interlocked.Decrement(ref _holds) == 0)
            Close();
    }

    /// <summary>The client itself lets go: the connection ends when no values are left.</summary>
    public void LetGo()
    {
        if (Interlocked.Exchange(ref _isLetGo, 1) == 0)
            EndHold(collected: false);
    }

    private PendingRequest Begin(FrameKind kind, byte detail, StoreKey key, AnswerTaker taker, ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest)
    {
        // Releases go before the request, which may need the room.
        _releases.AppendTo(_output);
        PendingRequest request = _pending.Begin(kind, key, taker);
        // Either the end of the connection finds the slot, or this finds the end.
        if (!_output.Append(kind, detail, AnswerShape.Nothing, request.Number, head, rest))
            _pending.TryAnswer(request, new Answer(AnswerStatus.Disconnected, Volatile.Read(ref _reason)));
        return request;
    }

    private void ReadForFlows()
    {
        while (_reader.Sleep())
        {
            if (Interlocked.CompareExchange(ref _isReading, 1, 0) != 0)
                continue;
            while (_pending.Count > 0)
                ReadOnce();
            StopReading();
        }
    }

    private void StopReading()
    {
        Volatile.Write(ref _isReading, 0);
        // A request that came meanwhile has seen a reader: either it is counted here, or it sees that there is none.
        Interlocked.MemoryBarrier();
        if (_pending.Count > 0)
            _reader.Wake();
    }

    private void SendForFlows()
    {
        while (_writer.Sleep())
        {
            if (_output.IsEmpty && !_releases.IsEmpty)
                _writer.Doze(ReleaseDelay);
            for (ClientHold? found = _releases.TakeFound(); found is not null;)
            {
                ClientHold next = found;
                found = next.NextCollected;
                next.NextCollected = null;
                next.GiveBack(collected: true);
            }

            _releases.AppendTo(_output);
            if (!_output.Flush())
                Fail(null);
        }
    }

    private void ReadOnce()
    {
        try
        {
            if (!_input.Receive())
                Fail(null);
            while (_input.TryRead(out Frame frame, out ReadOnlySpan<byte> body))
                Take(frame, body);
        }
        catch (StoreProtocolException error)
        {
            Fail(error.Message);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            Fail(null);
        }
    }

    private void Take(Frame frame, ReadOnlySpan<byte> body)
    {
        if (frame.Kind == FrameKind.Error)
        {
            Fail(Encoding.UTF8.GetString(body));
            return;
        }

        if (frame.Kind != FrameKind.Answer)
            throw new StoreProtocolException($"A store does not send frames of kind {frame.Kind}.");
        PendingRequest request = _pending.Find(frame.Number);
        AnswerStatus status = (AnswerStatus)frame.Detail;
        Answer answer = frame.Shape switch
        {
            AnswerShape.Nothing => new Answer(status, null),
            AnswerShape.Bytes => new Answer(status, SharedObject.Inline(request.Key, body.ToArray())),
            AnswerShape.Block => Hold(request, BlockBody.Read(body)),
            AnswerShape.Totals => new Answer(status, TotalsBody.Read(body)),
            _ => new Answer(status, Encoding.UTF8.GetString(body)),
        };
        _pending.TryAnswer(request, answer);
    }

    /// <summary>Takes charge of a pin or an unsealed object.</summary>
    private Answer Hold(PendingRequest request, BlockBody body)
    {
        if (!TryAddHold())
            return new Answer(AnswerStatus.Disconnected, null);
        if (request.Kind == FrameKind.Get)
        {
            ClientPin pin = new(this, body.Number, View.Reading(body.Offset, body.Length), body.Length);
            return new Answer(AnswerStatus.Done, SharedObject.InPlace(request.Key, pin));
        }

        WriteWindow window = new(this, body.Number, body.Offset, body.Length);
        return new Answer(AnswerStatus.Done, new SharedWrite(this, request.Key, window));
    }

    private bool TryAddHold()
    {
        int holds = Volatile.Read(ref _holds);
        while (holds > 0)
        {
            int seen = Interlocked.CompareExchange(ref _holds, holds + 1, holds);
            if (seen == holds)
                return true;
            holds = seen;
        }

        return false;
    }

    /// <summary>The connection has ended: requests fail, now and from now on. Values stay readable.</summary>
    private void Fail(string? reason)
    {
        if (reason is not null)
            Interlocked.CompareExchange(ref _reason, reason, null);
        _output.Break();
        _pending.AnswerAll(new Answer(AnswerStatus.Disconnected, Volatile.Read(ref _reason)));
        LetGo();
    }

    private void Close()
    {
        // The end of the connection releases everything too, but what was disposed of need not rest.
        _releases.AppendTo(_output);
        _output.Flush();
        _output.Break();
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The other end was first, or the collector, which had found the client and all its values together.
        }

        _socket.Dispose();
        _reader.Stop();
        _writer.Stop();
        _pending.AnswerAll(new Answer(AnswerStatus.Disconnected, null));
        // A span may outlive an owner that the collector has found; the view's own finalizer comes later.
        if (!_hasCollected)
            View.Dispose();
    }
}
