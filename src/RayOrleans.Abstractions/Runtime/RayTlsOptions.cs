namespace RayOrleans;

/// <summary>
/// The certificates of a node or driver. With <see cref="CertificateFile"/> and <see cref="CaFile"/> set every TCP connection is encrypted, and both of its ends show a certificate of the
/// same authority; sockets of one machine stay as they are. All nodes and drivers of a cluster use TLS, or none does. The files are read once, at the start.
/// Not thread-safe while it is being filled in.
/// </summary>
public sealed class RayTlsOptions
{
    private const string Variables = "RayOrleans__Cluster__Tls__";

    /// <summary>
    /// A PEM file with the certificate and, after it, those between it and the authority; or a PKCS #12 file (<c>.pfx</c>, <c>.p12</c>) with them and the key. Null, the default: no TLS.
    /// A node's certificate must be for both server and client authentication, a driver's for client authentication, where it says what it is for.
    /// </summary>
    public string? CertificateFile { get; set; }

    /// <summary>The PEM file of the certificate's private key, encrypted or not; null: the key is in <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The password of the key, where it has one. A secret: give it by the environment (<c>RayOrleans__Cluster__Tls__Password</c>), or use <see cref="PasswordFile"/>.</summary>
    public string? Password { get; set; }

    /// <summary>A file that the password is in, alone; a line break at its end does not count. Null: none.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>
    /// A PEM file with the certificates of the authorities whose certificates the others show. Needed with <see cref="CertificateFile"/>: the machine's own authorities are not asked, since
    /// anybody can have a certificate of one of those.
    /// </summary>
    public string? CaFile { get; set; }

    /// <summary>
    /// The name that a node's certificate must be for, looked at by who connects to it; one name for all nodes. Null, the default: the name is not looked at, because nodes are addressed by IP
    /// addresses that come and go, and belonging to the cluster is what a certificate of <see cref="CaFile"/> says. Set it where that authority also makes certificates for others.
    /// </summary>
    public string? ServerName { get; set; }

    /// <summary>Whether any of it is set.</summary>
    public bool IsConfigured => new[] { CertificateFile, KeyFile, Password, PasswordFile, CaFile, ServerName }.Any(static s => !string.IsNullOrEmpty(s));

    /// <summary>What a program that connects to a cluster uses: its own options, or else the environment's.</summary>
    /// <param name="options">Its own.</param>
    /// <param name="environment">The value of an environment variable; null: it is not set.</param>
    internal static RayTlsOptions Of(RayTlsOptions options, Func<string, string?> environment) => options.IsConfigured
        ? options
        : new RayTlsOptions
        {
            CertificateFile = environment(Variables + nameof(CertificateFile)),
            KeyFile = environment(Variables + nameof(KeyFile)),
            Password = environment(Variables + nameof(Password)),
            PasswordFile = environment(Variables + nameof(PasswordFile)),
            CaFile = environment(Variables + nameof(CaFile)),
            ServerName = environment(Variables + nameof(ServerName)),
        };
}
