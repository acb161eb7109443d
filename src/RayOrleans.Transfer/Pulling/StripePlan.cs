namespace RayOrleans.Transfer;

/// <summary>Which parts of an object are still missing. Parts received from one peer stay when another goes on. Thread-safe.</summary>
internal sealed class StripePlan
{
    private const int LeastStripeBytes = 4 << 20;

    /// <summary>Stripes per connection: the more, the more even the ends of the connections; the fewer, the fewer round trips between them.</summary>
    private const int StripesPerConnection = 4;

    private readonly Lock _gate = new();
    private readonly Stack<Stripe> _missing = new();
    private readonly int _stripeBytes;
    private int _open;

    public StripePlan(ObjectKey key, PullTarget target, PullerOptions options)
    {
        Key = key;
        Target = target;
        Checksums = new ulong[WireLimits.Blocks(target.Length)];
        _stripeBytes = StripeBytes(target.Length, options);
        Restart();
    }

    public ObjectKey Key { get; }

    public PullTarget Target { get; }

    public long Length => Target.Length;

    /// <summary>Of each block that was received; whoever has a stripe writes its part.</summary>
    public ulong[] Checksums { get; }

    /// <summary>Nothing is missing and nothing is under way.</summary>
    public bool IsComplete
    {
        get
        {
            lock (_gate)
                return _open == 0;
        }
    }

    /// <summary>Stripes that nobody has taken.</summary>
    public int MissingCount
    {
        get
        {
            lock (_gate)
                return _missing.Count;
        }
    }

    /// <summary>Everything is missing (again).</summary>
    public void Restart()
    {
        lock (_gate)
        {
            _missing.Clear();
            long count = Math.Max(1, (Length + _stripeBytes - 1) / _stripeBytes);
            for (long i = count - 1; i >= 0; i--)
                _missing.Push(new Stripe(i * _stripeBytes, (int)Math.Min(_stripeBytes, Length - (i * _stripeBytes))));
            _open = _missing.Count;
        }
    }

    /// <summary>The next stripe to fetch, lowest first.</summary>
    public bool TryTake(out Stripe stripe)
    {
        lock (_gate)
            return _missing.TryPop(out stripe);
    }

    /// <summary>A stripe that was taken is in its place.</summary>
    public void Complete()
    {
        lock (_gate)
            _open--;
    }

    /// <summary>A stripe that was taken did not come.</summary>
    public void GiveBack(Stripe stripe)
    {
        lock (_gate)
            _missing.Push(stripe);
    }

    private static int StripeBytes(long length, PullerOptions options)
    {
        if (length <= options.StripeThresholdBytes)
            return (int)Math.Max(1, length);
        long even = length / (options.ConnectionsPerPull * StripesPerConnection);
        long stripe = Math.Clamp(even, LeastStripeBytes, WireLimits.MaxFetchBytes);
        return (int)(stripe / ObjectChecksum.BlockBytes * ObjectChecksum.BlockBytes);
    }
}
