using System.Buffers.Binary;
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

    public static void SendHello(SessionChannel channel, ReadOnlySpan<byte> token)
    {
        Span<byte> hello = stackalloc byte[HelloBytes];
        Magic.CopyTo(hello);
        hello[4] = ProcessSetup.Version;
        token.CopyTo(hello[5..]);
        channel.Send(hello);
    }

    /// <summary>Reads a hello.</summary>
    /// <returns>The token; null: this is no process of this version.</returns>
    public static byte[]? ReceiveHello(SessionChannel channel)
    {
        Span<byte> hello = stackalloc byte[HelloBytes];
        return TryReceive(channel, hello) && hello[..4].SequenceEqual(Magic) && hello[4] == ProcessSetup.Version ? hello[5..].ToArray() : null;
    }

    /// <summary>Reads the first bytes of a connection.</summary>
    /// <returns>Whether they are these.</returns>
    public static bool ReceiveMagic(SessionChannel channel, ReadOnlySpan<byte> magic)
    {
        Span<byte> bytes = stackalloc byte[magic.Length];
        return TryReceive(channel, bytes) && bytes.SequenceEqual(magic);
    }

    public static void SendFrame(SessionChannel channel, byte[] bytes)
    {
        byte[] frame = new byte[sizeof(int) + bytes.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, bytes.Length);
        bytes.CopyTo(frame.AsSpan(sizeof(int)));
        channel.Send(frame);
    }

    /// <summary>Waits for the next step.</summary>
    /// <returns>Null: the node wants no more of this process.</returns>
    public static byte[]? ReceiveFrame(SessionChannel channel)
    {
        Span<byte> head = stackalloc byte[sizeof(int)];
        int length = TryReceive(channel, head) ? BinaryPrimitives.ReadInt32LittleEndian(head) : 0;
        if (length is <= 0 or > MaxSetupBytes)
        {
            return null;
        }

        byte[] bytes = new byte[length];
        return TryReceive(channel, bytes) ? bytes : null;
    }

    private static bool TryReceive(SessionChannel channel, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            int count = channel.Receive(target);
            if (count == 0)
            {
                return false;
            }

            target = target[count..];
        }

        return true;
    }
}
