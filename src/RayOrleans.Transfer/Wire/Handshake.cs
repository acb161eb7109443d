using System.Security.Cryptography;

namespace RayOrleans.Transfer;

/// <summary>
/// Both sides send a hello; then the client proves that it knows the cluster's secret, and only then the server does, so that whoever merely
/// connects learns nothing that could be tried against guesses. A proof is an HMAC-SHA256 over its side's name and both hellos; it cannot be
/// replayed (both random numbers are in it) nor reflected (the names differ).
/// </summary>
internal static class Handshake
{
    private const int ProofBytes = HMACSHA256.HashSizeInBytes;
    private const byte ClientName = (byte)'C';
    private const byte ServerName = (byte)'S';

    /// <summary>The side that connected.</summary>
    /// <param name="socket">The connection, encrypted already where it is to be.</param>
    /// <param name="secret">The cluster's secret.</param>
    /// <param name="tls">What it is encrypted with; null: it is not.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="PeerFailedException">The server is none, or does not know the secret.</exception>
    public static async ValueTask AsClientAsync(SocketExchange socket, ReadOnlyMemory<byte> secret, PeerTls? tls, CancellationToken ct)
    {
        byte[] hellos = new byte[2 * HelloFrame.Bytes];
        HelloFrame.Write(hellos);
        try
        {
            await socket.SendAsync(hellos.AsMemory(0, HelloFrame.Bytes), ct).ConfigureAwait(false);
            await socket.ReceiveAsync(hellos.AsMemory(HelloFrame.Bytes), ct).ConfigureAwait(false);
        }
        catch (PeerFailedException error) when (error.Failure == PeerFailure.Closed)
        {
            throw new PeerFailedException(PeerFailure.Refused, PeerTls.WhyClosed(tls), error);
        }

        HelloFrame.Check(hellos.AsSpan(HelloFrame.Bytes));
        await socket.SendAsync(Proof(secret, ClientName, hellos), ct).ConfigureAwait(false);
        await CheckProofAsync(socket, Proof(secret, ServerName, hellos), ct).ConfigureAwait(false);
    }

    /// <summary>The side that was connected to.</summary>
    /// <exception cref="PeerFailedException">The client is none, or does not know the secret.</exception>
    public static async ValueTask AsServerAsync(SocketExchange socket, ReadOnlyMemory<byte> secret, CancellationToken ct)
    {
        byte[] hellos = new byte[2 * HelloFrame.Bytes];
        HelloFrame.Write(hellos.AsSpan(HelloFrame.Bytes));
        await socket.SendAsync(hellos.AsMemory(HelloFrame.Bytes), ct).ConfigureAwait(false);
        await socket.ReceiveAsync(hellos.AsMemory(0, HelloFrame.Bytes), ct).ConfigureAwait(false);
        HelloFrame.Check(hellos.AsSpan(0, HelloFrame.Bytes));
        await CheckProofAsync(socket, Proof(secret, ClientName, hellos), ct).ConfigureAwait(false);
        await socket.SendAsync(Proof(secret, ServerName, hellos), ct).ConfigureAwait(false);
    }

    private static async ValueTask CheckProofAsync(SocketExchange socket, byte[] expected, CancellationToken ct)
    {
        byte[] proof = new byte[ProofBytes];
        try
        {
            await socket.ReceiveAsync(proof, ct).ConfigureAwait(false);
        }
        catch (PeerFailedException error) when (error.Failure == PeerFailure.Closed)
        {
            throw new PeerFailedException(PeerFailure.Refused, "closed the connection during the handshake; its cluster secret may differ", error);
        }

        if (!CryptographicOperations.FixedTimeEquals(proof, expected))
            throw new PeerFailedException(PeerFailure.Refused, "has another cluster secret");
    }

    private static byte[] Proof(ReadOnlyMemory<byte> secret, byte name, byte[] hellos) => HMACSHA256.HashData(secret.Span, [name, .. hellos]);
}
