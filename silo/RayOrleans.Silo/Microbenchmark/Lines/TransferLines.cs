using RayOrleans.Silo.Microbenchmark.Limits;
using RayOrleans.Silo.Microbenchmark.Measuring;
using RayOrleans.Transfer;

namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>Objects that move between stores.</summary>
internal static class TransferLines
{
    private const int Connections = 4;
    private const double BytesPerGigabyte = 1e9;

    /// <summary>The lines.</summary>
    public static IReadOnlyList<BenchmarkLine> All { get; } =
    [
        new("pull 1 GB [store to store]", Units.Gigabytes, RuntimeProfile.HandOff)
        {
            Open = static context => Open(context, null),
            Limit = static _ => new(LimitKind.SocketCopy, Connections),
        },
        new("pull 1 GB [store to store, TLS]", Units.Gigabytes, RuntimeProfile.HandOff)
        {
            Open = static context => Open(context, OwnCertificate.Make()),
            Limit = static _ => new(LimitKind.SocketCopy, Connections),
        },
    ];

    private static RateRun Open(LineContext context, PeerTls? tls)
    {
        StorePull pull = new(context.Scale.Bytes(BenchmarkScale.PullBytes), Connections, tls);
        return new RateRun(context.Scale, pull.Run, pull.Length / BytesPerGigabyte, pull.Dispose);
    }
}
