namespace RayOrleans.Transfer;

/// <summary>Settings of a <see cref="Puller"/>; read once, by its constructor.</summary>
public sealed class PullerOptions
{
    /// <summary>The cluster's secret, which both sides prove to know. Default: empty, none configured; then only peers on loopback are pulled from.</summary>
    public ReadOnlyMemory<byte> Secret { get; set; }

    /// <summary>The certificates with which every connection is encrypted. Default: null, none is, and a peer that demands it is not pulled from.</summary>
    public PeerTls? Tls { get; set; }

    /// <summary>
    /// Bytes of objects in flight up to which pulls are admitted. Default: half of the store. More keeps the network busier with many objects and
    /// leaves less of the store to others; the oldest request of the top class is admitted whatever its size.
    /// </summary>
    public long? BudgetBytes { get; set; }

    /// <summary>Objects up to this are received into the process's own memory rather than the store. Default 100 KiB; 0: all but empty ones go to the store.</summary>
    public int InlineLimitBytes { get; set; } = 100 << 10;

    /// <summary>Objects longer than this are fetched over several connections. Default 8 MiB; at most 64 MiB.</summary>
    public int StripeThresholdBytes { get; set; } = 8 << 20;

    /// <summary>Connections over which one large object is fetched. Default 4. More help on fast networks with idle cores; each costs a core a part of its time.</summary>
    public int ConnectionsPerPull { get; set; } = 4;

    /// <summary>Most connections to one peer, for all pulls together. Default 8. Pulls beyond that take turns, stripe by stripe.</summary>
    public int MaxConnectionsPerPeer { get; set; } = 8;

    /// <summary>Longest time for opening a connection. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time for a handshake. Default 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest time for an answer, and for each block of 256 KiB after it; then the next source is tried. Default 30 s.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Connections not used for this long are closed. Default 60 s; keep it under the servers' own.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a request's sources are asked for before the pull fails; progress starts the count anew. Default 3.</summary>
    public int SourceRounds { get; set; } = 3;

    /// <summary>Rest before the second round; each later one rests twice as long as the one before. Default 100 ms.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Rest before the sources are asked for again when those known serve as many nodes as they may; it doubles up to 16 times this. Default 5 ms.
    /// </summary>
    public TimeSpan BusyDelay { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How long a pull waits for room in a full store. Default: as the store's own options say.</summary>
    public TimeSpan? StoreFullTimeout { get; set; }

    /// <summary>The clock of all limits. Default <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>From so many bytes on a request's body has a thread of its own.</summary>
    internal int ThreadBytes { get; set; } = SocketExchange.DefaultThreadBytes;

    /// <summary>Tells servers which connections are one node's; drawn anew in every process.</summary>
    internal uint Reader { get; } = (uint)Random.Shared.NextInt64(1, uint.MaxValue);

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it and its range.</exception>
    public void Validate()
    {
        Require(BudgetBytes is null or > 0, nameof(BudgetBytes), BudgetBytes ?? 0, "more than zero");
        Require(InlineLimitBytes is >= 0 and <= 16 << 20, nameof(InlineLimitBytes), InlineLimitBytes, "between 0 and 16 MiB");
        Require(StripeThresholdBytes is >= ObjectChecksum.BlockBytes and <= WireLimits.MaxFetchBytes, nameof(StripeThresholdBytes), StripeThresholdBytes, "between 256 KiB and 64 MiB");
        Require(ConnectionsPerPull is >= 1 and <= 64, nameof(ConnectionsPerPull), ConnectionsPerPull, "between 1 and 64");
        Require(MaxConnectionsPerPeer is >= 1 and <= 256, nameof(MaxConnectionsPerPeer), MaxConnectionsPerPeer, "between 1 and 256");
        Require(SourceRounds is >= 1 and <= 100, nameof(SourceRounds), SourceRounds, "between 1 and 100");
        Require(TimeProvider is not null, nameof(TimeProvider), "null", "a time provider");
        CheckTimes();
    }

    private static void Require(bool valid, string option, object value, string range) => OptionCheck.Require(valid, nameof(PullerOptions), option, value, range);

    private void CheckTimes()
    {
        OptionCheck.Time(ConnectTimeout, nameof(PullerOptions), nameof(ConnectTimeout));
        OptionCheck.Time(HandshakeTimeout, nameof(PullerOptions), nameof(HandshakeTimeout));
        OptionCheck.Time(StallTimeout, nameof(PullerOptions), nameof(StallTimeout));
        OptionCheck.Time(IdleTimeout, nameof(PullerOptions), nameof(IdleTimeout));
        OptionCheck.Time(RetryDelay, nameof(PullerOptions), nameof(RetryDelay));
        OptionCheck.Time(BusyDelay, nameof(PullerOptions), nameof(BusyDelay));
    }
}
