using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace RayOrleans.ObjectStore;

/// <summary>
/// One client of a <see cref="StoreServer"/>. A thread of its own reads, applies whatever a read brought, and sends the answers together; a second one,
/// started when it is first needed, sends what other threads have caused.
/// </summary>
internal sealed class ClientConnection : IDisposable
{
    private readonly StoreServer _server;
    private readonly Socket _socket;
    private readonly FrameInput _input;
    private readonly FrameOutput _output;
    private readonly ClientHoldings _holdings = new();
    private readonly RequestHandler _requests;
    private readonly ConcurrentQueue<GetWait> _finished = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Thread _reader;
    private Thread? _writer;
    private int _isClosed;
    private bool _isGreeted;
    private volatile bool _isAbandoned;

    public ClientConnection(StoreServer server, Socket socket)
    {
        _server = server;
        _socket = socket;
        _input = new FrameInput(socket);
        _output = new FrameOutput(socket);
        _requests = new RequestHandler(server, this, _holdings, _output);
        _reader = new Thread(Run, 256 << 10) { IsBackground = true, Name = "store client" };
    }

    public int PinCount => _holdings.PinCount;

    /// <summary>The process at the other end, as it says.</summary>
    public int ProcessId { get; private set; }

    public void Start() => _reader.Start();

    /// <summary>A wait of this client is over; called on any thread.</summary>
    public void Finish(GetWait wait)
    {
        wait.End();
        _finished.Enqueue(wait);
        // Either this sees the connection's end, or that sees the wait.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isClosed) != 0)
            SendFinished();
        else if (Thread.CurrentThread != _reader)
            WakeWriter();
    }

    /// <summary>Has answers sent that were appended on another thread than the reader.</summary>
    public void WakeWriter()
    {
        if (_writer is null)
            StartWriter();
        _wake.Release();
    }

    /// <summary>Ends the connection from this side; the client closes its own when it holds nothing any more.</summary>
    public void Stop()
    {
        CloseRequests();
        Shutdown(SocketShutdown.Send);
    }

    /// <summary>Waits for the client's end; when it does not come, lets go of it: what it holds in memory then stays held.</summary>
    public void Join(TimeSpan patience)
    {
        if (_reader.Join(patience))
            return;
        _isAbandoned = true;
        Shutdown(SocketShutdown.Both);
        _reader.Join();
    }

    public void Dispose() => _socket.Dispose();

    private void Run()
    {
        try
        {
            Greet();
            Serve();
        }
        catch (StoreProtocolException error)
        {
            Refuse(error.Message);
        }
        catch (SocketException error)
        {
            // Whether the other end is closed is seen below.
            if (error.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
                Refuse($"It did not say hello within {_server.Options.HelloTimeout.TotalSeconds:0.###} s.");
        }
        catch (Exception error)
        {
            // A mistake of this library's ends the client that has met it, and no other.
            Refuse($"An internal error: {error}");
        }

        CloseRequests();
        // Who was not greeted knows of no memory.
        if (_isGreeted)
            WaitForEnd();
        if (!_isAbandoned)
            _holdings.Free();
        _server.Remove(this);
        // A writer that is started from now on finds the connection broken and ends.
        _output.Break();
        _writer?.Join();
        Dispose();
    }

    private void Greet()
    {
        _socket.ReceiveTimeout = (int)_server.Options.HelloTimeout.TotalMilliseconds;
        Frame frame;
        ReadOnlySpan<byte> body;
        while (!_input.TryRead(out frame, out body))
        {
            if (!_input.Receive())
                return;
        }

        if (frame.Kind != FrameKind.Hello)
            throw new StoreProtocolException($"The first frame is a {frame.Kind}, not a hello.");
        ProcessId = HelloBody.Read(body).ProcessId;
        _isGreeted = true;
        _output.Append(FrameKind.Welcome, 0, AnswerShape.Nothing, frame.Number, _server.Welcome);
        _output.Flush();
        _socket.ReceiveTimeout = 0;
    }

    private void Serve()
    {
        do
        {
            while (_input.TryRead(out Frame frame, out ReadOnlySpan<byte> body))
            {
                _requests.Apply(frame, body);
                if (_output.IsFull)
                    _output.FlushAndWait();
            }

            SendFinished();
            if (!_output.FlushAndWait())
                return;
        }
        while (_input.Receive());
    }

    private void SendFinished()
    {
        while (_finished.TryDequeue(out GetWait? wait))
        {
            if (Volatile.Read(ref _isClosed) != 0)
            {
                // The end of the connection is the answer.
                _holdings.RemoveWaiting(wait.Request);
                wait.Found.Release();
                continue;
            }

            _requests.Answer(wait);
            if (_output.IsFull)
                _output.FlushAndWait();
        }
    }

    /// <summary>Says why, once and for all.</summary>
    private void Refuse(string reason)
    {
        CloseRequests();
        string sentence = $"The object store ends this connection: {reason}";
        _server.OnClientFailed($"The connection of process {ProcessId} was ended: {reason}");
        _output.Append(FrameKind.Error, 0, AnswerShape.Text, 0, Encoding.UTF8.GetBytes(sentence));
        _output.Flush();
    }

    /// <summary>Reads until the other end is closed: before that, its process may use what it has mapped.</summary>
    private void WaitForEnd()
    {
        Shutdown(SocketShutdown.Send);
        try
        {
            _socket.ReceiveTimeout = 0;
            Span<byte> ignored = stackalloc byte[4096];
            while (_socket.Receive(ignored) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Reset: the other end was closed with answers unread.
        }
    }

    private void Shutdown(SocketShutdown how)
    {
        try
        {
            _socket.Shutdown(how);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    private void CloseRequests()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
            return;
        (object[] waiting, UnsealedObject[] unsealed) = _holdings.Close();
        foreach (object wait in waiting)
            _requests.CancelWait(wait, AnswerStatus.Closed);
        foreach (UnsealedObject written in unsealed)
            _server.Directory.Abort(written.Entry, AnswerStatus.CreatorGone);
        SendFinished();
        _wake.Release();
    }

    private void StartWriter()
    {
        lock (_wake)
        {
            if (_writer is not null)
                return;
            Thread writer = new(Write, 256 << 10) { IsBackground = true, Name = "store client answers" };
            writer.Start();
            _writer = writer;
        }
    }

    private void Write()
    {
        do
        {
            _wake.Wait();
            SendFinished();
            _output.Flush();
        }
        while (Volatile.Read(ref _isClosed) == 0);
        SendFinished();
    }
}
