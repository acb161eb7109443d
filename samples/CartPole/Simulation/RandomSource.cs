namespace CartPole.Simulation;

/// <summary>
/// Random numbers (SplitMix64) that are the same on every machine: whoever knows the seed can draw them again, so noise is sent
/// as a seed instead of as numbers. Not thread-safe.
/// </summary>
public sealed class RandomSource(ulong seed)
{
    private const ulong Increment = 0x9E3779B97F4A7C15;
    private ulong _state = seed;

    /// <summary>A seed for one purpose: distinct (seed, purpose, index) give unrelated sequences.</summary>
    public static ulong Derive(int seed, SeedPurpose purpose, int index) =>
        Mix(Mix(Mix((ulong)(uint)seed + Increment) ^ ((ulong)purpose + 1)) ^ ((ulong)(uint)index + 1));

    /// <summary>Uniform between the two.</summary>
    public double NextUniform(double from, double to) => from + ((to - from) * NextUnit());

    /// <summary>Normally distributed with mean 0 and deviation 1 (Box and Muller).</summary>
    public double NextGaussian() =>
        Math.Sqrt(-2 * Math.Log(1 - NextUnit())) * Math.Cos(2 * Math.PI * NextUnit());

    private double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    private ulong NextBits() => Mix(_state += Increment);

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
