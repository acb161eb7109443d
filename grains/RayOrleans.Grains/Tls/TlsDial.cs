using Microsoft.AspNetCore.Connections;
using Orleans.Connections.Security;
using Orleans.Runtime.Messaging;
using RayOrleans.Transfer;

namespace RayOrleans.Grains;

/// <summary>Stands before TLS on connections to other silos, and says why one did not come about; Orleans tells only that. Thread-safe.</summary>
/// <param name="tls">This silo's certificates.</param>
/// <param name="check">The check of the certificate in the flow of a handshake.</param>
/// <param name="log">Told of silos that were not connected to.</param>
internal sealed class TlsDial(PeerTls tls, AsyncLocal<TlsCheck?> check, TlsLog log) : IConnectionMiddleware
{
    public async Task OnConnectionAsync(ConnectionContext context, ConnectionDelegate next)
    {
        TlsCheck own = new(tls, ofNode: true);
        check.Value = own;
        await next(context).ConfigureAwait(false);
        if (context.Features.Get<ITlsApplicationProtocolFeature>() is null)
        {
            log.Failed(context.RemoteEndPoint, own.Problem ?? "does not use TLS, or refuses this silo's");
        }
    }
}
