using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace RayOrleans.Transfer;

/// <summary>The check of the other end's certificate on one connection, which remembers what was wrong: the exception of a failed handshake does not say.</summary>
/// <param name="tls">This end.</param>
/// <param name="ofNode">Whether the other end is a node.</param>
public sealed class TlsCheck(PeerTls tls, bool ofNode)
{
    /// <summary>What was wrong, to follow the other end's name; null: nothing yet.</summary>
    public string? Problem { get; private set; }

    /// <summary>Called by the handshake.</summary>
    public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        (Problem = tls.ProblemOf(certificate, chain, errors, ofNode)) is null;
}
