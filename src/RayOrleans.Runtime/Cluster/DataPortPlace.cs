using System.Net;
using RayOrleans.Transfer;

namespace RayOrleans.Runtime.Cluster;

/// <summary>Where a node's objects can be pulled from.</summary>
/// <param name="Listening">Where it listens; port 0: a free one.</param>
/// <param name="Advertised">How others reach that; port 0: the one it listens on.</param>
/// <param name="Secret">What both sides of a pull prove to know; empty: nothing, on loopback only.</param>
internal sealed record DataPortPlace(IPEndPoint Listening, IPEndPoint Advertised, ReadOnlyMemory<byte> Secret)
{
    /// <summary>The certificates with which it is encrypted, both ways; null: it is not.</summary>
    public PeerTls? Tls { get; init; }

    /// <summary>A free port of this machine's own.</summary>
    public static DataPortPlace Loopback { get; } = new(new IPEndPoint(IPAddress.Loopback, 0), new IPEndPoint(IPAddress.Loopback, 0), default);
}
