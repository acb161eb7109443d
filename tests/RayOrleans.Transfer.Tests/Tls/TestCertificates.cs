using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RayOrleans.Transfer.Tests.Tls;

/// <summary>An authority of a test and the files of certificates that it makes, in a folder that goes with it.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rayorleans-tls-");
    private readonly X509Certificate2 _authority;
    private int _made;

    public TestCertificates()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=authority of a test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-20), DateTimeOffset.UtcNow.AddDays(20));
        CaFile = Write("ca.pem", _authority.ExportCertificatePem());
    }

    public string CaFile { get; }

    /// <summary>A certificate with its key in one file.</summary>
    public RayTlsOptions Make(string name = "node", int fromDay = -1, int toDay = 1, params string[] uses)
    {
        (X509Certificate2 certificate, ECDsa key) = Issue(name, fromDay, toDay, uses);
        using (certificate)
        using (key)
        {
            return new RayTlsOptions { CaFile = CaFile, CertificateFile = Write($"{name}-{++_made}.pem", $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n") };
        }
    }

    /// <summary>A certificate with its key in a file of its own, with a password.</summary>
    public RayTlsOptions MakeApart(string password)
    {
        (X509Certificate2 certificate, ECDsa key) = Issue("apart", -1, 1, []);
        using (certificate)
        using (key)
        {
            string pem = key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
            return new RayTlsOptions { CaFile = CaFile, CertificateFile = Write($"apart-{++_made}.pem", certificate.ExportCertificatePem()), KeyFile = Write($"apart-{_made}.key", pem) };
        }
    }

    /// <summary>A certificate with its key in a PKCS #12 file.</summary>
    public RayTlsOptions MakePkcs12(string password)
    {
        (X509Certificate2 certificate, ECDsa key) = Issue("packed", -1, 1, []);
        using (certificate)
        using (key)
        using (X509Certificate2 both = certificate.CopyWithPrivateKey(key))
        {
            string file = Path.Combine(_folder.FullName, $"packed-{++_made}.pfx");
            File.WriteAllBytes(file, both.Export(X509ContentType.Pkcs12, password));
            return new RayTlsOptions { CaFile = CaFile, CertificateFile = file };
        }
    }

    public string Write(string name, string text)
    {
        string file = Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, text);
        return file;
    }

    public PeerTls Load(RayTlsOptions? options = null) => PeerTls.Load(options ?? Make(), "Tls:", isNode: true)!;

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    private (X509Certificate2 Certificate, ECDsa Key) Issue(string name, int fromDay, int toDay, string[] uses)
    {
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());

        // Authorities of one name, as an old one and its successor, are told apart by this.
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_authority, true, false));
        if (uses.Length > 0)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. uses.Select(static u => new Oid(u))], false));
        }

        DateTimeOffset now = DateTimeOffset.UtcNow;
        return (request.Create(_authority, now.AddDays(fromDay), now.AddDays(toDay), RandomNumberGenerator.GetBytes(8)), key);
    }
}
