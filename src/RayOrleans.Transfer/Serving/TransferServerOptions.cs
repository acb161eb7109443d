using System.Net;

namespace RayOrleans.Transfer;

/// <summary>Settings of a <see cref="TransferServer"/>; read once, by <see cref="TransferServer.Start"/>.</summary>
public sealed class TransferServerOptions
{
    /// <summary>Where to listen. Default: loopback, a port chosen by the system. Anything but loopback needs a <see cref="Secret"/>.</summary>
    public IPEndPoint ListenEndPoint { get; set; } = new(IPAddress.Loopback, 0);

    /// <summary>The cluster's secret, which both sides prove to know. Default: empty, none configured; then only loopback is allowed.</summary>
    public ReadOnlyMemory<byte> Secret { get; set; }

    /// <summary>The certificates with which every connection is encrypted. Default: null, none is, and one that begins with TLS is closed.</summary>
    public PeerTls? Tls { get; set; }

    /// <summary>Longest time from accepting a connection to the end of its handshake. Default 10 s. Shorter drops strangers sooner, and slow peers too.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest time for sending one block of 256 KiB; after that the connection is closed. Default 30 s.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time between two requests on a connection. Default 5 min; longer than pullers keep idle connections, so that they close first.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Most connections at a time; more are closed at once. Default 1024. Each takes a descriptor and about 64 KiB once it has served a small object.</summary>
    public int MaxConnections { get; set; } = 1024;

    /// <summary>
    /// Nodes that may read one object of more than <see cref="SharedReadBytes"/> at once; others are sent to those that have it by then, so that a
    /// broadcast spreads like a tree. Default 2. More serves few readers sooner and shares one machine's network among them.
    /// </summary>
    public int MaxReadersPerObject { get; set; } = 2;

    /// <summary>Objects up to this are served to everybody who asks. Default 8 MiB.</summary>
    public long SharedReadBytes { get; set; } = 8L << 20;

    /// <summary>The clock of the limits. Default <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Told of failures of the <see cref="ITransferSource"/>, which only cost the connection. Default: none.</summary>
    public Action<Exception>? SourceFailed { get; set; }

    /// <summary>Told of connections that were closed during their handshake, from where and why; not of those that only came and went. Default: none.</summary>
    public Action<EndPoint?, string>? Rejected { get; set; }

    /// <summary>From so many bytes on a request's body has a thread of its own.</summary>
    internal int ThreadBytes { get; set; } = SocketExchange.DefaultThreadBytes;

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is invalid; the message names it and what it may be.</exception>
    public void Validate()
    {
        OptionCheck.Require(ListenEndPoint is not null, nameof(TransferServerOptions), nameof(ListenEndPoint), "null", "an end point");
        OptionCheck.Require(
            !Secret.IsEmpty || IPAddress.IsLoopback(ListenEndPoint!.Address),
            nameof(TransferServerOptions),
            nameof(Secret),
            "empty",
            $"set, because {nameof(ListenEndPoint)} {ListenEndPoint} is not loopback");
        OptionCheck.Time(HandshakeTimeout, nameof(TransferServerOptions), nameof(HandshakeTimeout));
        OptionCheck.Time(StallTimeout, nameof(TransferServerOptions), nameof(StallTimeout));
        OptionCheck.Time(IdleTimeout, nameof(TransferServerOptions), nameof(IdleTimeout));
        OptionCheck.Require(MaxConnections is >= 1 and <= 65536, nameof(TransferServerOptions), nameof(MaxConnections), MaxConnections, "between 1 and 65536");
        OptionCheck.Require(MaxReadersPerObject is >= 1 and <= 1024, nameof(TransferServerOptions), nameof(MaxReadersPerObject), MaxReadersPerObject, "between 1 and 1024");
        OptionCheck.Require(SharedReadBytes >= 0, nameof(TransferServerOptions), nameof(SharedReadBytes), SharedReadBytes, "zero or more");
        OptionCheck.Require(TimeProvider is not null, nameof(TransferServerOptions), nameof(TimeProvider), "null", "a time provider");
    }
}
