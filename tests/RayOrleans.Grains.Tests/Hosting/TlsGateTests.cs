using System.Text;
using Microsoft.Extensions.Options;

namespace RayOrleans.Grains.Tests.Hosting;

public sealed class TlsGateTests
{
    [Theory]
    [InlineData(true, "\u0016\u0003\u0001")]
    [InlineData(true, "\u0016\u0003\u0003")]
    [InlineData(false, "\u0016\u0003\u0000")]
    [InlineData(false, "\u0016\u0003")]
    [InlineData(false, "RAY")]
    public void Start_OfAConnection_IsToldFromTls(bool isTls, string start) => Assert.Equal(isTls, TlsGate.IsTls(Encoding.ASCII.GetBytes(start)));

    [Fact]
    public async Task Plan_WithCertificatesThatCannotBeMeant_NamesTheOption()
    {
        RayClusterOptions options = new() { Tls = new RayTlsOptions { CertificateFile = "/nowhere/node.pem", CaFile = "/nowhere/ca.pem" } };

        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => RayClusterPlan.MakeAsync(options, onDeath: null, CancellationToken.None));

        Assert.Contains("RayOrleans:Cluster:Tls:CertificateFile is \"/nowhere/node.pem\"; it must name a file, and there is none.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_OfADriversSilo_AreItsOwnOrTheEnvironments()
    {
        RayOptions own = new() { Address = "ray://203.0.113.1:30000", Tls = new RayTlsOptions { CaFile = "own" } };
        Dictionary<string, string> environment = new() { ["RayOrleans__Cluster__Tls__CaFile"] = "theirs", ["RayOrleans__Cluster__Tls__ServerName"] = "node" };

        Assert.Equal("own", DriverClusterOptions.Of(own, environment.GetValueOrDefault).Tls.CaFile);
        own.Tls = new RayTlsOptions();
        Assert.Equal(("theirs", "node"), (DriverClusterOptions.Of(own, environment.GetValueOrDefault).Tls.CaFile, DriverClusterOptions.Of(own, environment.GetValueOrDefault).Tls.ServerName));
    }
}
