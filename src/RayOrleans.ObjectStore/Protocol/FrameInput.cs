using System.Net.Sockets;

namespace RayOrleans.ObjectStore;

/// <summary>The receiving half of a connection: whole frames out of one buffer. Used by one thread at a time.</summary>
internal sealed class FrameInput(Socket socket)
{
    private const int FirstLength = 64 << 10;
    private const int FullLength = Frame.HeadLength + Frame.MaxBodyLength + FirstLength;

    private byte[] _buffer = new byte[FirstLength];
    private int _start;
    private int _end;

    /// <summary>Blocks until there are more bytes; false at the end of the connection.</summary>
    /// <exception cref="SocketException">The connection broke.</exception>
    public bool Receive()
    {
        MakeRoom();
        int count = socket.Receive(_buffer.AsSpan(_end));
        _end += count;
        return count > 0;
    }

    /// <summary>The next whole frame; its body is valid until <see cref="Receive"/>.</summary>
    /// <exception cref="StoreProtocolException">What came is no frame.</exception>
    public bool TryRead(out Frame frame, out ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> received = _buffer.AsSpan(_start, _end - _start);
        body = default;
        if (received.Length < Frame.HeadLength)
        {
            frame = default;
            return false;
        }

        frame = Frame.ReadHead(received);
        if (received.Length < Frame.HeadLength + frame.BodyLength)
            return false;
        body = received.Slice(Frame.HeadLength, frame.BodyLength);
        _start += Frame.HeadLength + frame.BodyLength;
        return true;
    }

    private void MakeRoom()
    {
        int left = _end - _start;
        if (left == 0)
        {
            _start = _end = 0;
            return;
        }

        // A frame that does not fit behind what was read already moves to the front; one that is longer than the buffer gets the largest there is.
        byte[] target = left > _buffer.Length / 2 && _buffer.Length < FullLength ? new byte[FullLength] : _buffer;
        if (target != _buffer || _start > 0)
        {
            _buffer.AsSpan(_start, left).CopyTo(target);
            (_buffer, _start, _end) = (target, 0, left);
        }
    }
}
