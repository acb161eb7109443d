namespace RayOrleans.Transfer.Tests.Tls;

public sealed class PeerTlsTests : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public void Load_WithoutAnything_IsNoTls() => Assert.Null(PeerTls.Load(new RayTlsOptions(), "Tls:", isNode: true));

    [Fact]
    public void Load_EveryForm_Works()
    {
        Assert.Equal("CN=node", _certificates.Load().Certificate.Subject);
        RayTlsOptions apart = _certificates.MakeApart("open");
        apart.PasswordFile = _certificates.Write("password", "open\n");
        Assert.True(_certificates.Load(apart).Certificate.HasPrivateKey);
        RayTlsOptions packed = _certificates.MakePkcs12("open");
        packed.Password = "open";
        Assert.True(_certificates.Load(packed).Certificate.HasPrivateKey);
        Assert.NotNull(_certificates.Load(_certificates.Make("both", -1, 1, ServerUse, ClientUse)));
    }

    [Fact]
    public void Load_WhatCannotBeMeant_SaysWhichOptionAndWhy()
    {
        RayTlsOptions good = _certificates.Make();
        RayTlsOptions other = _certificates.Make();
        RayTlsOptions locked = _certificates.MakeApart("open");
        RayTlsOptions packed = _certificates.MakePkcs12("open");
        string empty = _certificates.Write("empty.pem", "nothing");
        using TestCertificates strangers = new();
        RayTlsOptions With(RayTlsOptions from, Action<RayTlsOptions> change)
        {
            RayTlsOptions changed = new() { CertificateFile = from.CertificateFile, KeyFile = from.KeyFile, CaFile = from.CaFile };
            change(changed);
            return changed;
        }

        AssertWrong(With(good, static o => o.CertificateFile = null), "Tls:CertificateFile must be set");
        AssertWrong(With(good, static o => o.CertificateFile = "/nowhere/node.pem"), "Tls:CertificateFile is \"/nowhere/node.pem\"; it must name a file, and there is none");
        AssertWrong(With(good, o => o.CertificateFile = empty), "there is none in it");
        AssertWrong(With(good, o => o.CertificateFile = _certificates.CaFile), "KeyFile must name a file that does");
        AssertWrong(With(good, o => o.KeyFile = empty), "Tls:KeyFile");
        AssertWrong(With(good, static o => o.KeyFile = "/nowhere/node.key"), "Tls:KeyFile is \"/nowhere/node.key\"; it must name a file, and there is none");
        AssertWrong(With(good, o => o.KeyFile = other.CertificateFile), "hold the private key of the certificate in");
        AssertWrong(locked, "the key is encrypted");
        AssertWrong(With(locked, static o => o.Password = "wrong"), "that the password of PasswordFile or Password opens");
        AssertWrong(With(packed, static o => o.Password = "wrong"), "PKCS #12 file that the password");
        AssertWrong(packed, "PKCS #12 file that needs no password");
        AssertWrong(With(locked, static o => o.PasswordFile = "/nowhere/password"), "Tls:PasswordFile");
        AssertWrong(With(good, static o => o.CaFile = null), "Tls:CaFile must be set");
        AssertWrong(With(good, o => o.CaFile = empty), "Tls:CaFile");
        AssertWrong(With(good, o => o.CaFile = strangers.CaFile), "\"CN=node\" is not from an authority of");
        AssertWrong(_certificates.Make(fromDay: -10, toDay: -5), "has expired on");
        AssertWrong(_certificates.Make(fromDay: 5, toDay: 10), "already valid");
        AssertWrong(_certificates.Make("client", -1, 1, ClientUse), "both server and client authentication");
        Assert.NotNull(PeerTls.Load(_certificates.Make("client", -1, 1, ClientUse), "Tls:", isNode: false));
    }

    private static void AssertWrong(RayTlsOptions options, string part)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => PeerTls.Load(options, "Tls:", isNode: true));
        Assert.Contains(part, error.Message);
    }
}
