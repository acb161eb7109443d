using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace RayOrleans.Runtime.Processes;

/// <summary>
/// How a process shows its node who it is: magic, version, and the token that the node wrote to its standard input. The node answers with <see cref="ProcessSetup"/>;
/// from then on the connection is a session's.
/// </summary>
internal static class Handshake
{
    public const int TokenBytes = 32;

    private const int HelloBytes = 4 + 1 + TokenBytes;
    private const int MaxSetupBytes = 64 << 10;
    private static ReadOnlySpan<byte> Magic => "RAYP"u8;

    public static byte[] NewToken() => RandomNumberGenerator.GetBytes(TokenBytes);

    public static void SendHello(Socket socket, ReadOnlySpan<byte> token)
    {
        Span<byte> hello = stackalloc byte[HelloBytes];
        Magic.CopyTo(hello);
        hello[4] = ProcessSetup.Version;
        token.CopyTo(hello[5..]);
        Send(socket, hello);
    }

    /// <summary>Reads a hello.</summary>
    /// <returns>The token; null: this is no process of this version.</returns>
    public static byte[]? ReceiveHello(Socket socket)
    {
        Span<byte> hello = stackalloc byte[HelloBytes];
        return TryReceive(socket, hello) && hello[..4].SequenceEqual(Magic) && hello[4] == ProcessSetup.Version ? hello[5..].ToArray() : null;
    }

    public static void SendFrame(Socket socket, byte[] bytes)
    {
        byte[] frame = new byte[sizeof(int) + bytes.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, bytes.Length);
        bytes.CopyTo(frame.AsSpan(sizeof(int)));
        Send(socket, frame);
    }

    /// <summary>Waits for the next step.</summary>
    /// <returns>Null: the node wants no more of this process.</returns>
    public static byte[]? ReceiveFrame(Socket socket)
    {
        Span<byte> head = stackalloc byte[sizeof(int)];
        int length = TryReceive(socket, head) ? BinaryPrimitives.ReadInt32LittleEndian(head) : 0;
        if (length is <= 0 or > MaxSetupBytes)
        {
            return null;
        }

        byte[] bytes = new byte[length];
        return TryReceive(socket, bytes) ? bytes : null;
    }

    private static void Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    private static bool TryReceive(Socket socket, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            int count = socket.Receive(target);
            if (count == 0)
            {
                return false;
            }

            target = target[count..];
        }

        return true;
    }
}
