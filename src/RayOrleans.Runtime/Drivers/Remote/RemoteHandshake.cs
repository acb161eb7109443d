using System.Buffers.Binary;
using System.Security.Authentication;
using System.Security.Cryptography;
using RayOrleans.Transfer;

namespace RayOrleans.Runtime.Drivers;

/// <summary>
/// How a driver elsewhere and a node prove to each other that they know the cluster's secret, before anything else is read, and say which session the connection is
/// for. The driver begins with <see cref="Question"/>; the node answers with a random number, the driver with its own, what it wants and a proof; the node with its
/// proof and what it has. A proof is an HMAC-SHA256 over its side's name and all that was said: it cannot be replayed, reflected, or put before other words.
/// </summary>
internal static class RemoteHandshake
{
    public const int TokenBytes = 16;

    private const int NonceBytes = 32;
    private const int ProofBytes = HMACSHA256.HashSizeInBytes;
    private const int WishBytes = NonceBytes + 1 + TokenBytes + sizeof(long);
    private const int AnswerBytes = 1 + TokenBytes + sizeof(long);
    private const byte DriverName = (byte)'D';
    private const byte NodeName = (byte)'N';
    private const byte New = 0;
    private const byte Resume = 1;
    private const byte Well = 0;
    private const byte WrongSecret = 1;
    private const byte NoSession = 2;

    /// <summary>What a driver's connection begins with. As the length of an Orleans preamble it would be over every limit.</summary>
    public static ReadOnlySpan<byte> Question => "RAYDRV01"u8;

    /// <summary>The driver's side.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="secret">The cluster's secret; empty: there is none.</param>
    /// <param name="tls">What the connection is encrypted with; null: it is not.</param>
    /// <param name="token">The session to go on with; null: a new one.</param>
    /// <param name="received">Up to which byte the node's have arrived.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The session's token, and up to which byte the driver's have arrived; null: the node knows the session no more.</returns>
    /// <exception cref="RemoteRefusedException">The secrets differ.</exception>
    /// <exception cref="AuthenticationException">The node has closed the connection before it said anything.</exception>
    public static async Task<(byte[] Token, long Received)?> AsDriverAsync(
        Stream stream, ReadOnlyMemory<byte> secret, PeerTls? tls, byte[]? token, long received, CancellationToken cancellationToken)
    {
        byte[] said = new byte[NonceBytes + WishBytes];
        try
        {
            await stream.WriteAsync(Question.ToArray(), cancellationToken).ConfigureAwait(false);
            await stream.ReadExactlyAsync(said.AsMemory(0, NonceBytes), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new AuthenticationException(PeerTls.WhyClosed(tls), e);
        }

        RandomNumberGenerator.Fill(said.AsSpan(NonceBytes, NonceBytes));
        Span<byte> wish = said.AsSpan(2 * NonceBytes);
        wish[0] = token is null ? New : Resume;
        token?.CopyTo(wish[1..]);
        BinaryPrimitives.WriteInt64LittleEndian(wish[(1 + TokenBytes)..], received);
        await stream.WriteAsync((byte[])[.. said.AsSpan(NonceBytes), .. Proof(secret, DriverName, said)], cancellationToken).ConfigureAwait(false);

        byte[] answer = new byte[AnswerBytes];
        await stream.ReadExactlyAsync(answer.AsMemory(0, 1), cancellationToken).ConfigureAwait(false);
        if (answer[0] == WrongSecret)
        {
            throw new RemoteRefusedException("the cluster has another secret: set RayOptions.ClusterSecret, or RayOrleans__Cluster__Secret in the environment, to the one that its silos have");
        }

        await stream.ReadExactlyAsync(answer.AsMemory(1), cancellationToken).ConfigureAwait(false);
        byte[] proof = new byte[ProofBytes];
        await stream.ReadExactlyAsync(proof, cancellationToken).ConfigureAwait(false);
        if (!CryptographicOperations.FixedTimeEquals(proof, Proof(secret, NodeName, [.. said, .. answer])))
        {
            throw new RemoteRefusedException("what answers there does not know the cluster's secret");
        }

        return answer[0] == NoSession ? null : (answer[1..(1 + TokenBytes)], BinaryPrimitives.ReadInt64LittleEndian(answer.AsSpan(1 + TokenBytes)));
    }

    /// <summary>The node's side, once <see cref="Question"/> was read.</summary>
    /// <param name="input">What comes.</param>
    /// <param name="output">What goes.</param>
    /// <param name="secret">The cluster's secret; empty: there is none.</param>
    /// <param name="find">Finds or makes the session that the driver wants, by its token, and says up to which byte the driver's have arrived; null: there is none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The session, and up to which byte the node's have arrived; null: nothing comes of it.</returns>
    public static async Task<(ResumableChannel Channel, long Received)?> AsNodeAsync(
        Stream input, Stream output, ReadOnlyMemory<byte> secret, Func<byte[]?, Task<(ResumableChannel Channel, byte[] Token, long Received)?>> find, CancellationToken cancellationToken)
    {
        byte[] said = new byte[NonceBytes + WishBytes];
        RandomNumberGenerator.Fill(said.AsSpan(0, NonceBytes));
        await output.WriteAsync(said.AsMemory(0, NonceBytes), cancellationToken).ConfigureAwait(false);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        await input.ReadExactlyAsync(said.AsMemory(NonceBytes), cancellationToken).ConfigureAwait(false);
        byte[] proof = new byte[ProofBytes];
        await input.ReadExactlyAsync(proof, cancellationToken).ConfigureAwait(false);
        if (!CryptographicOperations.FixedTimeEquals(proof, Proof(secret, DriverName, said)))
        {
            await output.WriteAsync((byte[])[WrongSecret], cancellationToken).ConfigureAwait(false);
            await output.FlushAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }

        ReadOnlyMemory<byte> wish = said.AsMemory(2 * NonceBytes);
        (ResumableChannel Channel, byte[] Token, long Received)? session = await find(wish.Span[0] == Resume ? wish.Slice(1, TokenBytes).ToArray() : null).ConfigureAwait(false);
        byte[] answer = new byte[AnswerBytes];
        answer[0] = session is null ? NoSession : Well;
        session?.Token.CopyTo(answer.AsSpan(1));
        BinaryPrimitives.WriteInt64LittleEndian(answer.AsSpan(1 + TokenBytes), session?.Received ?? 0);
        await output.WriteAsync((byte[])[.. answer, .. Proof(secret, NodeName, [.. said, .. answer])], cancellationToken).ConfigureAwait(false);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        return session is { } found ? (found.Channel, BinaryPrimitives.ReadInt64LittleEndian(wish.Span[(1 + TokenBytes)..])) : null;
    }

    private static byte[] Proof(ReadOnlyMemory<byte> secret, byte name, ReadOnlySpan<byte> said) => HMACSHA256.HashData(secret.Span, [name, .. said]);
}
