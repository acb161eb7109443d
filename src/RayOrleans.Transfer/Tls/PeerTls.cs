using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RayOrleans.Transfer;

/// <summary>
/// The certificates of this node or driver, read and checked, and how connections are made with them: both ends show one, and it must be from an authority of
/// <see cref="RayTlsOptions.CaFile"/>. Whether one was revoked is not asked, since that would need a server that may be out of reach. Immutable, thread-safe.
/// </summary>
public sealed class PeerTls
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";
    private readonly SslStreamCertificateContext _context;
    private readonly X509Certificate2Collection _authorities;
    private readonly string _caFile;

    private PeerTls(X509Certificate2 certificate, X509Certificate2Collection between, X509Certificate2Collection authorities, RayTlsOptions options)
    {
        Certificate = certificate;
        _authorities = authorities;
        _caFile = options.CaFile!;
        ServerName = options.ServerName is { Length: > 0 } name ? name : null;

        // Offline: nothing is fetched from anywhere to complete the chain.
        _context = SslStreamCertificateContext.Create(certificate, between, offline: true);
    }

    /// <summary>What this end shows, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The name that a node's certificate must be for; null: any.</summary>
    public string? ServerName { get; }

    /// <summary>Reads and checks what the options name.</summary>
    /// <param name="options">The options.</param>
    /// <param name="section">What the names of options begin with in messages, such as <c>RayOrleans:Cluster:Tls:</c>.</param>
    /// <param name="isNode">Whether others connect to this end as well.</param>
    /// <param name="time">The clock that certificates are held against; null: the system's.</param>
    /// <returns>The certificates; null: no TLS is configured.</returns>
    /// <exception cref="ArgumentException">An option cannot be meant; the message names it and says why.</exception>
    public static PeerTls? Load(RayTlsOptions options, string section, bool isNode, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.IsConfigured)
        {
            return null;
        }

        CertificateFiles files = new(options, section);
        (X509Certificate2 certificate, X509Certificate2Collection between) = files.ReadCertificate();
        X509Certificate2Collection authorities = files.ReadAuthorities();
        PeerTls tls = new(certificate, between, authorities, options);
        if (tls.ProblemOfOwn(between, isNode, (time ?? TimeProvider.System).GetUtcNow()) is { } problem)
        {
            throw files.Wrong(nameof(options.CertificateFile), options.CertificateFile, problem);
        }

        return tls;
    }

    /// <summary>Encrypts a connection that this end has opened.</summary>
    /// <param name="inner">The connection; closed with the stream that is returned, and when this fails.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="AuthenticationException">It did not work; the message says why, to follow the other end's name.</exception>
    public async Task<SslStream> ConnectAsync(Stream inner, CancellationToken ct)
    {
        TlsCheck check = new(this, ofNode: true);
        SslStream stream = new(inner, leaveInnerStreamOpen: false);
        SslClientAuthenticationOptions options = new() { RemoteCertificateValidationCallback = check.Validate };
        SetUp(options);
        return await SecureAsync(stream, stream.AuthenticateAsClientAsync(options, ct), check, "does not use TLS, or refuses this end's").ConfigureAwait(false);
    }

    /// <summary>Encrypts a connection that was accepted.</summary>
    /// <param name="inner">The connection; closed with the stream that is returned, and when this fails.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="AuthenticationException">It did not work; the message says why, to follow the other end's name.</exception>
    public async Task<SslStream> AcceptAsync(Stream inner, CancellationToken ct)
    {
        TlsCheck check = new(this, ofNode: false);
        SslStream stream = new(inner, leaveInnerStreamOpen: false);
        SslServerAuthenticationOptions options = new() { ClientCertificateRequired = true, RemoteCertificateValidationCallback = check.Validate };
        SetUp(options);
        return await SecureAsync(stream, stream.AuthenticateAsServerAsync(options, ct), check, "does not use TLS, or refuses this end's").ConfigureAwait(false);
    }

    /// <summary>Sets what concerns certificates of a connection to be opened; the check of the other end's is the caller's (<see cref="ProblemOf"/>).</summary>
    public void SetUp(SslClientAuthenticationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.TargetHost = ServerName ?? "";
        options.ClientCertificates = null;
        options.ClientCertificateContext = _context;
        options.CertificateChainPolicy = NewPolicy();
    }

    /// <summary>Sets what concerns certificates of a connection to be accepted; the check of the other end's is the caller's (<see cref="ProblemOf"/>).</summary>
    public void SetUp(SslServerAuthenticationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ServerCertificate = null;
        options.ServerCertificateSelectionCallback = null;
        options.ServerCertificateContext = _context;
        options.CertificateChainPolicy = NewPolicy();
        options.AllowRenegotiation = false;
    }

    /// <summary>What is wrong with the other end's certificate, to follow its name.</summary>
    /// <param name="certificate">The certificate; null: it showed none.</param>
    /// <param name="chain">How it was held against the authorities.</param>
    /// <param name="errors">What was found.</param>
    /// <param name="ofNode">Whether the other end is a node, whose name may be looked at.</param>
    /// <returns>Null: nothing.</returns>
    public string? ProblemOf(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, bool ofNode) => certificate switch
    {
        null => "shows no certificate",
        _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) => $"shows the certificate \"{certificate.Subject}\", which {Describe(chain)}",
        _ when ofNode && ServerName is { } name && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) =>
            $"shows the certificate \"{certificate.Subject}\", which is not for \"{name}\" ({nameof(RayTlsOptions.ServerName)})",
        _ => null,
    };

    /// <summary>Why a connection that was just made may have been closed by the other end without a word, to follow its name.</summary>
    /// <param name="tls">What this end has used; null: no TLS.</param>
    public static string WhyClosed(PeerTls? tls) => tls is null
        ? "closed the connection at once, as one does that uses TLS: this end does not (Tls:CertificateFile, Tls:CaFile)"
        : $"closed the connection after the TLS handshake, as one does that does not accept the certificate \"{tls.Certificate.Subject}\" of this end; its log says why";

    private static async Task<SslStream> SecureAsync(SslStream stream, Task handshake, TlsCheck check, string otherwise)
    {
        try
        {
            await handshake.ConfigureAwait(false);
            return stream;
        }
        catch (Exception e)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            if (e is not (OperationCanceledException or OutOfMemoryException))
            {
                throw new AuthenticationException(check.Problem ?? $"{otherwise} ({(e.InnerException ?? e).Message.TrimEnd('.')})", e);
            }

            throw;
        }
    }

    private X509ChainPolicy NewPolicy()
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.AddRange(_authorities);
        return policy;
    }

    private string? ProblemOfOwn(X509Certificate2Collection between, bool isNode, DateTimeOffset now)
    {
        if (now > Certificate.NotAfter)
        {
            return FormattableString.Invariant($"hold a certificate that is still valid: \"{Certificate.Subject}\" has expired on {Certificate.NotAfter.ToUniversalTime():u}");
        }

        if (now < Certificate.NotBefore)
        {
            return FormattableString.Invariant($"hold a certificate that is already valid: \"{Certificate.Subject}\" is from {Certificate.NotBefore.ToUniversalTime():u} on");
        }

        foreach (X509EnhancedKeyUsageExtension uses in Certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>())
        {
            HashSet<string?> listed = [.. uses.EnhancedKeyUsages.Cast<Oid>().Select(static o => o.Value)];
            if (!listed.Contains(ClientUse) || (isNode && !listed.Contains(ServerUse)))
            {
                return isNode ? "hold a certificate for both server and client authentication: nodes are both" : "hold a certificate for client authentication";
            }
        }

        using X509Chain chain = new() { ChainPolicy = NewPolicy() };
        chain.ChainPolicy.ExtraStore.AddRange(between);
        return chain.Build(Certificate) ? null : $"hold a certificate that others accept, and \"{Certificate.Subject}\" {Describe(chain)}";
    }

    private string Describe(X509Chain? chain)
    {
        X509ChainStatus[] statuses = chain?.ChainStatus ?? [];
        X509ChainStatusFlags all = statuses.Aggregate(X509ChainStatusFlags.NoError, static (found, s) => found | s.Status);
        return all switch
        {
            _ when (all & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid)) != 0 => $"is not from an authority of {_caFile}",
            _ when all.HasFlag(X509ChainStatusFlags.NotTimeValid) => "has expired, is not valid yet, or is from an authority that is either",
            _ when all.HasFlag(X509ChainStatusFlags.NotValidForUsage) => "is not for this use (server and client authentication)",
            _ => $"is not valid ({string.Join("; ", statuses.Select(static s => s.StatusInformation.TrimEnd('.', ' ', '\n')))})",
        };
    }
}
