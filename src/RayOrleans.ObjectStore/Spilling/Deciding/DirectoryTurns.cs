namespace RayOrleans.ObjectStore;

/// <summary>Which directory is written to next: each in turn, those that failed lately left out. Pure but for the clock that is given; not thread-safe.</summary>
internal sealed class DirectoryTurns(int count, TimeSpan backOff, TimeProvider time)
{
    private const int LongestFactor = 32;
    private readonly Place[] _places = new Place[count];
    private int _next;

    /// <summary>The next directory that may be used and is not among those tried already; -1: none.</summary>
    public int Next(ReadOnlySpan<bool> tried)
    {
        for (int i = 0; i < count; i++)
        {
            int at = (_next + i) % count;
            if (!tried[at] && Rest(at) == TimeSpan.Zero)
            {
                _next = (at + 1) % count;
                return at;
            }
        }

        return -1;
    }

    public void Succeeded(int directory) => _places[directory] = default;

    public void Failed(int directory)
    {
        ref Place place = ref _places[directory];
        place.Factor = place.Factor == 0 ? 1 : Math.Min(place.Factor * 2, LongestFactor);
        place.Since = time.GetTimestamp();
    }

    /// <summary>How long until one of them may be used; zero: now.</summary>
    public TimeSpan Rest()
    {
        TimeSpan shortest = TimeSpan.MaxValue;
        for (int i = 0; i < count; i++)
        {
            TimeSpan rest = Rest(i);
            shortest = rest < shortest ? rest : shortest;
        }

        return shortest;
    }

    private TimeSpan Rest(int directory)
    {
        Place place = _places[directory];
        if (place.Factor == 0)
            return TimeSpan.Zero;
        TimeSpan rest = (backOff * place.Factor) - time.GetElapsedTime(place.Since);
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }

    private struct Place
    {
        public int Factor;
        public long Since;
    }
}
