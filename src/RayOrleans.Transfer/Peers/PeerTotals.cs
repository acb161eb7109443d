using System.Net;

namespace RayOrleans.Transfer;

/// <summary>What a <see cref="Puller"/> knows about one peer; a snapshot.</summary>
public readonly record struct PeerTotals
{
    /// <summary>The peer's data port.</summary>
    public required EndPoint Peer { get; init; }

    /// <summary>Average rate of transfers of 1 MiB and more from it, weighted exponentially to the recent ones; 0 before the first.</summary>
    public double BytesPerSecond { get; init; }

    /// <summary>Bytes of objects received from it.</summary>
    public long BytesIn { get; init; }

    /// <summary>Times it could not be reached, broke off, stalled, or broke the protocol.</summary>
    public long Failures { get; init; }

    /// <summary>Times its bytes did not match their checksum. A peer with any is asked last.</summary>
    public long WrongChecksums { get; init; }

    /// <summary>Connections to it open now, in use or idle.</summary>
    public int Connections { get; init; }
}
