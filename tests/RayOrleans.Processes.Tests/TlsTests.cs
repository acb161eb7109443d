using System.Net.Sockets;
using RayOrleans.Processes.Tests.Harness;

namespace RayOrleans.Processes.Tests;

/// <summary>A cluster of real silos with certificates, and who is taken into it.</summary>
[Collection("processes")]
public sealed class TlsTests
{
    [Fact]
    public async Task Cluster_WithCertificates_RunsTasksOfADriver_AndTakesNobodyWithoutOne()
    {
        using ClusterCertificates own = new();
        using ClusterCertificates strange = new();
        await using Silos silos = new();
        RealSilo first = await silos.RealAsync(["--cpus", "2", "--gcs", "memory", .. Tls(own, "one")]);
        RealSilo second = await silos.RealAsync(["--cpus", "2", "--resource", "far=1", "--join", first.Address, .. Tls(own, "two")]);
        string address = $"client://127.0.0.1:{first.Port}";

        await using (IRay driver = await Ray.InitAsync(address, o => o.Tls = Options(own, "driver")))
        {
            // The argument goes through the driver's connection to the first node, from there to the second one's store, and the result back.
            byte[] large = new byte[12_000_000];
            new Random(1).NextBytes(large);
            ObjectRef<byte[]> put = Ray.Put(large);
            byte[] back = await Ray.Options(resources: new Dictionary<string, double> { ["far"] = 1 }).Remote(static b => b.Reverse().ToArray(), put);
            Assert.Equal(large.Reverse(), back);
            int[] answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Ray.Remote(static n => n + 1, i).AsTask()));
            Assert.Equal(Enumerable.Range(1, 50), answers);
        }

        await RefusedAsync(address, new RayTlsOptions(), "as one does that uses TLS");
        await first.ErrorLineAsync(l => l.Contains("does not use TLS", StringComparison.Ordinal), "word of it in the node's log");
        await RefusedAsync(address, Options(strange, "stranger"), $"which is not from an authority of {strange.CaFile}");
        await ClosedAsync(first.Port);
        RealSilo plain = silos.Add(RealSilo.Run("start", "--join", first.Address));
        Assert.NotEqual(0, await plain.ExitCodeAsync("the end of a node without certificates"));
        await plain.ErrorLineAsync(l => l.Contains("as one does that uses TLS", StringComparison.Ordinal), "the reason");
    }

    private static string[] Tls(ClusterCertificates certificates, string name) => ["--tls-certificate", certificates.Make(name), "--tls-ca", certificates.CaFile];

    private static RayTlsOptions Options(ClusterCertificates certificates, string name) => new() { CertificateFile = certificates.Make(name), CaFile = certificates.CaFile };

    private static async Task RefusedAsync(string address, RayTlsOptions tls, string why)
    {
        RayException error = await Assert.ThrowsAsync<RayException>(() => Ray.InitAsync(address, o => o.Tls = tls).WaitAsync(ChildProcess.Patience));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Who asks without TLS how to join hears nothing.</summary>
    private static async Task ClosedAsync(string port)
    {
        using TcpClient client = new();
        await client.ConnectAsync("127.0.0.1", int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
        await client.GetStream().WriteAsync("RAYJOIN1"u8.ToArray());
        byte[] answer = new byte[1];
        Exception? end = null;
        int read = 0;
        try
        {
            read = await client.GetStream().ReadAsync(answer).AsTask().WaitAsync(ChildProcess.Patience);
        }
        catch (IOException e)
        {
            end = e;
        }

        Assert.True(end is not null || read == 0, "It was answered.");
    }
}
