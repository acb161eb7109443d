using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RayOrleans.Transfer;

/// <summary>Reads what <see cref="RayTlsOptions"/> name, with errors that say which of them cannot be meant and why.</summary>
/// <param name="options">The options.</param>
/// <param name="section">What the names of options begin with in messages.</param>
internal sealed class CertificateFiles(RayTlsOptions options, string section)
{
    private static readonly string[] Pkcs12Endings = [".pfx", ".p12"];

    /// <summary>The certificate with its key, and those between it and the authority.</summary>
    /// <exception cref="ArgumentException">An option cannot be meant.</exception>
    public (X509Certificate2 Certificate, X509Certificate2Collection Between) ReadCertificate()
    {
        string file = options.CertificateFile is { Length: > 0 } named
            ? named
            : throw Wrong(nameof(options.CertificateFile), null, "be set: with TLS both ends of a connection show a certificate");
        string? password = ReadPassword();
        (X509Certificate2 certificate, X509Certificate2Collection between) = Array.Exists(Pkcs12Endings, e => file.EndsWith(e, StringComparison.OrdinalIgnoreCase))
            ? ReadPkcs12(file, password)
            : ReadPem(file, password);

        // SChannel knows no keys that are only in memory.
        return (OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null) : certificate, between);
    }

    /// <summary>The certificates of the authorities.</summary>
    /// <exception cref="ArgumentException">The option cannot be meant.</exception>
    public X509Certificate2Collection ReadAuthorities()
    {
        string file = options.CaFile is { Length: > 0 } named
            ? named
            : throw Wrong(nameof(options.CaFile), null, "be set, to the certificate of the authority that the others' certificates are from");
        return Certificates(nameof(options.CaFile), file, ReadText(nameof(options.CaFile), file));
    }

    /// <summary>The error of an option that cannot be meant.</summary>
    public ArgumentException Wrong(string option, string? value, string must, Exception? cause = null) =>
        new(value is null ? $"{section}{option} must {must}." : $"{section}{option} is \"{value}\"; it must {must}.", cause);

    private (X509Certificate2 Certificate, X509Certificate2Collection Between) ReadPem(string file, string? password)
    {
        string text = ReadText(nameof(options.CertificateFile), file);
        X509Certificate2Collection all = Certificates(nameof(options.CertificateFile), file, text);
        (string option, string keyFile) = options.KeyFile is { Length: > 0 } named ? (nameof(options.KeyFile), named) : (nameof(options.CertificateFile), file);
        string key = keyFile == file ? text : ReadText(option, keyFile);
        if (!key.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw Wrong(option, keyFile, option == nameof(options.KeyFile) ? "hold a private key in PEM, and there is none in it" : $"hold a private key in PEM as well, or {nameof(options.KeyFile)} must name a file that does");
        }

        bool isEncrypted = key.Contains("ENCRYPTED", StringComparison.Ordinal);
        if (isEncrypted && password is null)
        {
            throw Wrong(option, keyFile, $"hold a key without a password, or {nameof(options.PasswordFile)} or {nameof(options.Password)} must give the password: the key is encrypted");
        }

        try
        {
            return (isEncrypted ? X509Certificate2.CreateFromEncryptedPem(text, key, password) : X509Certificate2.CreateFromPem(text, key), Rest(all));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Wrong(option, keyFile, isEncrypted && e is CryptographicException
                ? $"hold a key that the password of {nameof(options.PasswordFile)} or {nameof(options.Password)} opens; it does not ({e.Message})"
                : $"hold the private key of the certificate in {file}, and holds another one ({e.Message})", e);
        }
    }

    private (X509Certificate2 Certificate, X509Certificate2Collection Between) ReadPkcs12(string file, string? password)
    {
        if (options.KeyFile is { Length: > 0 } key)
        {
            throw Wrong(nameof(options.KeyFile), key, $"not be set: {nameof(options.CertificateFile)} {file} holds the key as well");
        }

        byte[] bytes = Read(nameof(options.CertificateFile), file, File.ReadAllBytes);
        try
        {
            X509Certificate2Collection all = X509CertificateLoader.LoadPkcs12Collection(bytes, password);
            X509Certificate2 own = all.FirstOrDefault(static c => c.HasPrivateKey)
                ?? throw Wrong(nameof(options.CertificateFile), file, "hold a certificate with its private key, and there is no key in it");
            return (own, [.. all.Where(c => c != own)]);
        }
        catch (CryptographicException e)
        {
            throw Wrong(nameof(options.CertificateFile), file, $"be a PKCS #12 file that {(password is null ? "needs no password" : $"the password of {nameof(options.PasswordFile)} or {nameof(options.Password)} opens")}: {e.Message}", e);
        }
    }

    private string? ReadPassword()
    {
        if (options.PasswordFile is not { Length: > 0 } file)
        {
            return options.Password is { Length: > 0 } password ? password : null;
        }

        return options.Password is { Length: > 0 }
            ? throw Wrong(nameof(options.PasswordFile), file, $"not be set together with {nameof(options.Password)}")
            : ReadText(nameof(options.PasswordFile), file).TrimEnd('\r', '\n');
    }

    private X509Certificate2Collection Certificates(string option, string file, string text)
    {
        X509Certificate2Collection found = [];
        try
        {
            found.ImportFromPem(text);
        }
        catch (CryptographicException e)
        {
            throw Wrong(option, file, $"hold certificates in PEM: {e.Message}", e);
        }

        return found.Count > 0 ? found : throw Wrong(option, file, "hold a certificate in PEM, and there is none in it");
    }

    private string ReadText(string option, string file) => Read(option, file, File.ReadAllText);

    private T Read<T>(string option, string file, Func<string, T> read)
    {
        try
        {
            return read(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Wrong(option, file, "name a file, and there is none", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Wrong(option, file, $"name a file that can be read: {e.Message}", e);
        }
    }

    private static X509Certificate2Collection Rest(X509Certificate2Collection all) => [.. all.Skip(1)];
}
