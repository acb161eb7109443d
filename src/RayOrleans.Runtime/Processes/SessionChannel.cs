namespace RayOrleans.Runtime.Processes;

/// <summary>Bytes both ways between a node and one of its processes, in order, until one end closes it or it breaks. One thread reads and one writes at a time.</summary>
internal abstract class SessionChannel : IDisposable
{
    /// <summary>As many bytes can be sent without waiting while <see cref="CanSend"/> is true.</summary>
    public const int DirectBytes = 96 << 10;

    /// <summary>Whether sending does not have to wait for the other end.</summary>
    public abstract bool CanSend { get; }

    /// <summary>Waits for bytes.</summary>
    /// <returns>How many there are; 0: the other end has closed it.</returns>
    /// <exception cref="Exception">One that <see cref="IsBreak"/> knows: it broke, or was disposed of.</exception>
    public abstract int Receive(Span<byte> target);

    /// <summary>Sends all of it, and waits as long as the other end takes nothing.</summary>
    /// <exception cref="Exception">One that <see cref="IsBreak"/> knows: it broke, or was disposed of.</exception>
    public abstract void Send(ReadOnlySpan<byte> bytes);

    /// <summary>Closes it; whoever reads or writes stops.</summary>
    public abstract void Dispose();

    /// <summary>Whether an exception means that the connection is gone.</summary>
    public static bool IsBreak(Exception e) => e is System.Net.Sockets.SocketException or ObjectDisposedException or IOException;
}
