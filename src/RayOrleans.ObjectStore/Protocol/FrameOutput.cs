using System.Net.Sockets;

namespace RayOrleans.ObjectStore;

/// <summary>
/// The sending half of a connection. Frames are appended under a short lock; one thread at a time sends, without the lock, and what others append
/// meanwhile goes with its next send. Thread-safe.
/// </summary>
internal sealed class FrameOutput(Socket socket)
{
    private const int FirstLength = 16 << 10;
    private const int KeptLength = 1 << 20;

    /// <summary>Unsent bytes at which whoever adds more waits for the send.</summary>
    private const int FullLength = 1 << 20;

    private readonly object _gate = new();
    private byte[] _filling = new byte[FirstLength];
    private byte[] _sending = new byte[FirstLength];
    private int _length;
    private bool _isSending;
    private bool _isBroken;

    public bool IsEmpty => Volatile.Read(ref _length) == 0;

    /// <summary>Whether so much is unsent that it is time to <see cref="FlushAndWait"/>.</summary>
    public bool IsFull => Volatile.Read(ref _length) >= FullLength;

    /// <summary>Appends a frame; false when the connection is broken.</summary>
    public bool Append(FrameKind kind, byte detail, AnswerShape shape, uint number, ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest = default)
    {
        int length = Frame.HeadLength + head.Length + rest.Length;
        lock (_gate)
        {
            if (_isBroken)
                return false;
            if (_filling.Length - _length < length)
                Array.Resize(ref _filling, Math.Max(_filling.Length * 2, _length + length));
            Span<byte> to = _filling.AsSpan(_length, length);
            Frame.WriteHead(to, kind, detail, shape, number, head.Length + rest.Length);
            head.CopyTo(to[Frame.HeadLength..]);
            rest.CopyTo(to[(Frame.HeadLength + head.Length)..]);
            Volatile.Write(ref _length, _length + length);
        }

        return true;
    }

    /// <summary>Sends what was appended, unless another thread is at it, which then sends this too. False when the connection is broken.</summary>
    public bool Flush()
    {
        int length;
        lock (_gate)
        {
            if (_isBroken)
                return false;
            if (_isSending || _length == 0)
                return true;
            _isSending = true;
            length = Swap_NeedsLock();
        }

        while (length > 0)
        {
            bool sent = TrySend(length);
            lock (_gate)
            {
                _isBroken |= !sent;
                length = _isBroken ? 0 : Swap_NeedsLock();
                if (length == 0)
                    _isSending = false;
                Monitor.PulseAll(_gate);
            }
        }

        return !_isBroken;
    }

    /// <summary>As <see cref="Flush"/>, and blocks while another thread sends and too much waits behind it.</summary>
    public bool FlushAndWait()
    {
        Flush();
        lock (_gate)
        {
            while (_isSending && _length >= FullLength && !_isBroken)
                Monitor.Wait(_gate);
            return !_isBroken;
        }
    }

    /// <summary>Nothing is sent from now on.</summary>
    public void Break()
    {
        lock (_gate)
        {
            _isBroken = true;
            Monitor.PulseAll(_gate);
        }
    }

    private int Swap_NeedsLock()
    {
        int length = _length;
        (_filling, _sending) = (_sending, _filling);
        if (_filling.Length > KeptLength)
            _filling = new byte[FirstLength];
        Volatile.Write(ref _length, 0);
        return length;
    }

    private bool TrySend(int length)
    {
        try
        {
            for (int sent = 0; sent < length;)
                sent += socket.Send(_sending.AsSpan(sent, length - sent));
            return true;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The reading side meets the same end and says so to everybody.
            return false;
        }
    }
}
