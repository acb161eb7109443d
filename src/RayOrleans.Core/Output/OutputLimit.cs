namespace RayOrleans.Core;

/// <summary>Cuts a flood of lines: so many at once, and then so many a second. Pure; not thread-safe.</summary>
/// <param name="options">The rates.</param>
public sealed class OutputLimit(OutputOptions options)
{
    // In lines times ticks of a second, so that no fraction is lost.
    private long _room = options.Burst * options.SecondTicks;
    private long? _last;

    /// <summary>Whether one more line may pass now; that is counted.</summary>
    /// <param name="now">The time; one that goes back counts as standing still.</param>
    public bool TryTake(long now)
    {
        long most = options.Burst * options.SecondTicks;
        if (_last is { } last && now > last)
        {
            // A long time fills it; multiplied out it could overflow.
            _room = now - last >= most / options.LinesPerSecond ? most : Math.Min(most, _room + ((now - last) * options.LinesPerSecond));
        }

        _last = _last is { } before ? Math.Max(before, now) : now;
        if (_room < options.SecondTicks)
        {
            return false;
        }

        _room -= options.SecondTicks;
        return true;
    }
}
