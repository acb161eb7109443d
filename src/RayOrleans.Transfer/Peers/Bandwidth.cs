namespace RayOrleans.Transfer;

/// <summary>Exponential average of the rate of transfers. Thread-safe.</summary>
internal sealed class Bandwidth
{
    /// <summary>Weight of the newest transfer: half of the average is older than three transfers.</summary>
    private const double Weight = 0.2;

    /// <summary>Shorter transfers measure round trips, not bandwidth.</summary>
    private const long LeastBytes = 1 << 20;

    private readonly Lock _gate = new();
    private double _bytesPerSecond;

    /// <summary>The average; 0 before the first transfer.</summary>
    public double BytesPerSecond
    {
        get
        {
            lock (_gate)
                return _bytesPerSecond;
        }
    }

    /// <summary>Counts a transfer.</summary>
    public void Add(long bytes, TimeSpan time)
    {
        if (bytes < LeastBytes || time <= TimeSpan.Zero)
            return;
        double rate = bytes / time.TotalSeconds;
        lock (_gate)
            _bytesPerSecond = _bytesPerSecond == 0 ? rate : _bytesPerSecond + (Weight * (rate - _bytesPerSecond));
    }
}
