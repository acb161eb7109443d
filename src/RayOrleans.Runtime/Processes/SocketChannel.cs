using System.Net.Sockets;

namespace RayOrleans.Runtime.Processes;

/// <summary>A channel over a socket of this machine, which it owns.</summary>
/// <param name="socket">A connected blocking socket: each sleep that is ended is ended by the other process and by nobody in between.</param>
internal sealed class SocketChannel(Socket socket) : SessionChannel
{
    /// <inheritdoc/>
    /// <remarks>A socket counts as writable while no more than a quarter of its buffer is in use, and that has more than 200 KB.</remarks>
    public override bool CanSend => socket.Poll(0, SelectMode.SelectWrite);

    public override int Receive(Span<byte> target) => socket.Receive(target);

    public override void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    public override void Dispose() => socket.Dispose();
}
