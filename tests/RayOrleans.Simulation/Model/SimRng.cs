namespace RayOrleans.Core.Simulation;

/// <summary>SplitMix64: one seed, one sequence, on every machine.</summary>
internal sealed class SimRng(ulong seed)
{
    private ulong _state = (seed * 0x9E3779B97F4A7C15UL) + 0x632BE59BD9B4E019UL;

    public ulong NextBits()
    {
        _state += 0x9E3779B97F4A7C15UL;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    public int Next(int bound) => bound <= 1 ? 0 : (int)((NextBits() >> 33) % (ulong)bound);

    public int Between(int low, int high) => low + Next(high - low + 1);

    public bool Chance(int percent) => Next(100) < percent;

    public T Pick<T>(List<T> items) => items[Next(items.Count)];
}
