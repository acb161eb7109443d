using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Orleans.Connections.Security;
using Orleans.Runtime.Messaging;
using RayOrleans.Transfer;

namespace RayOrleans.Grains;

/// <summary>
/// Stands before TLS on the ports of Orleans, or where it would stand: a connection that begins with TLS on a port without it, or the other way round, is closed before
/// anything else reads it. Thread-safe.
/// </summary>
/// <param name="tls">This silo's certificates; null: it uses no TLS.</param>
/// <param name="check">The check of the certificate in the flow of a handshake.</param>
/// <param name="log">Told who was turned away.</param>
internal sealed class TlsGate(PeerTls? tls, AsyncLocal<TlsCheck?> check, TlsLog log) : IConnectionMiddleware
{
    /// <summary>How many bytes tell TLS from everything else: its first record is a handshake (22) of version 3.1 to 3.4. As the length of an Orleans preamble that is over 64 KiB.</summary>
    private const int TellingBytes = 3;

    private static readonly TimeSpan FirstBytesTimeout = TimeSpan.FromSeconds(10);

    public async Task OnConnectionAsync(ConnectionContext context, ConnectionDelegate next)
    {
        if (await BeginsWithTlsAsync(context.Transport.Input).ConfigureAwait(false) is not { } isTls)
        {
            // It has gone, or says nothing: so does whoever looks whether the port is open.
            return;
        }

        if (isTls != tls is not null)
        {
            log.Refused(context.RemoteEndPoint, isTls ? "uses TLS, and this silo does not" : "does not use TLS");
            return;
        }

        check.Value = tls is null ? null : new TlsCheck(tls, ofNode: false);
        await next(context).ConfigureAwait(false);
        if (check.Value is { } checkedOne && context.Features.Get<ITlsApplicationProtocolFeature>() is null)
        {
            log.Refused(context.RemoteEndPoint, checkedOne.Problem ?? "shows no certificate, or did not go on with the TLS handshake");
        }
    }

    internal static bool IsTls(ReadOnlySpan<byte> start) => start is [22, 3, >= 1 and <= 4, ..];

    private static async Task<bool?> BeginsWithTlsAsync(PipeReader input)
    {
        using CancellationTokenSource limit = new(FirstBytesTimeout);
        try
        {
            while (true)
            {
                ReadResult read = await input.ReadAsync(limit.Token).ConfigureAwait(false);
                byte[] start = read.Buffer.Slice(0, Math.Min(TellingBytes, read.Buffer.Length)).ToArray();
                bool enough = start.Length == TellingBytes;

                // Once there is enough nothing counts as seen, so whoever reads next gets it at once.
                input.AdvanceTo(read.Buffer.Start, enough ? read.Buffer.Start : read.Buffer.End);
                if (enough)
                {
                    return IsTls(start);
                }

                if (read.IsCompleted)
                {
                    return null;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return null;
        }
    }
}
