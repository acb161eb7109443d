using System.Net.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Connections.Security;
using Orleans.Hosting;
using Orleans.Runtime.Messaging;
using RayOrleans.Transfer;

namespace RayOrleans.Grains;

/// <summary>TLS on the ports of Orleans.</summary>
internal static class TlsSiloBuilderExtensions
{
    /// <summary>Encrypts the silo's and the gateway's port, or keeps TLS away from them. To be called before anything else that looks at their connections.</summary>
    public static void UseRayTls(this ISiloBuilder builder, PeerTls? tls)
    {
        AsyncLocal<TlsCheck?> check = new();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<TlsLog>();
        builder.Configure<SiloConnectionOptions>(o =>
        {
            o.ConfigureSiloInboundConnection(b => b.UseMiddleware(new TlsGate(tls, check, b.ApplicationServices.GetRequiredService<TlsLog>())));
            o.ConfigureGatewayInboundConnection(b => b.UseMiddleware(new TlsGate(tls, check, b.ApplicationServices.GetRequiredService<TlsLog>())));
            if (tls is not null)
            {
                o.ConfigureSiloOutboundConnection(b => b.UseMiddleware(new TlsDial(tls, check, b.ApplicationServices.GetRequiredService<TlsLog>())));
            }
        });
        if (tls is not null)
        {
            builder.UseTls(tls.Certificate, options => SetUp(options, tls, check));
        }
    }

    private static void SetUp(TlsOptions options, PeerTls tls, AsyncLocal<TlsCheck?> check)
    {
        options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.OnAuthenticateAsServer = (_, o) => tls.SetUp((SslServerAuthenticationOptions)o.SslServerAuthenticationOptions);
        options.OnAuthenticateAsClient = (_, o) => tls.SetUp((SslClientAuthenticationOptions)o.SslClientAuthenticationOptions);

        // A handshake without a check would be one that neither the gate nor the dial has seen.
        options.RemoteCertificateValidation = (certificate, chain, errors) => check.Value?.Validate(certificate, certificate, chain, errors) == true;
    }
}
