using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RayOrleans.Transfer;

namespace RayOrleans.Silo.Microbenchmark.Measuring;

/// <summary>A certificate that is its own authority, for two ends in one process.</summary>
internal static class OwnCertificate
{
    /// <summary>Makes one; its file is gone when it was read.</summary>
    public static PeerTls Make()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 made = new CertificateRequest("CN=microbenchmark", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        DirectoryInfo folder = Directory.CreateTempSubdirectory("rayorleans-certificate-");
        try
        {
            string file = Path.Combine(folder.FullName, "own.pem");
            File.WriteAllText(file, $"{made.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
            return PeerTls.Load(new RayTlsOptions { CertificateFile = file, CaFile = file }, "Tls:", isNode: true)!;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
