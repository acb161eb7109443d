namespace RayOrleans.Core;

/// <summary>
/// How long a task rests after a system failure: twice as long with each retry, up to 64 times the first rest, and of that between a half and the whole. What one
/// failure has ended together does not come back together; one seed gives one sequence.
/// </summary>
internal sealed class BackOffs(EngineOptions options)
{
    private ulong _state = options.BackOffSeed;

    /// <summary>When the task may run again; null: at once.</summary>
    /// <param name="retry">Its how-manieth retry this is, from 1.</param>
    /// <param name="now">The time.</param>
    /// <param name="isMemory">Whether memory ran out, which takes longer to come back: it rests 8 times as long.</param>
    public long? Next(int retry, long now, bool isMemory = false)
    {
        if (options.FirstBackOff <= 0)
        {
            return null;
        }

        long whole = options.FirstBackOff << (Math.Min(retry - 1, 6) + (isMemory ? 3 : 0));
        long half = whole / 2;
        return now + half + (long)(NextBits() % (ulong)(whole - half + 1));
    }

    /// <summary>SplitMix64.</summary>
    private ulong NextBits()
    {
        _state += 0x9E3779B97F4A7C15UL;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
