namespace RayOrleans.Core;

/// <summary>Resource quantities as exact multiples of 1/10,000, so that fractions add up without drift.</summary>
public static class ResourceAmount
{
    /// <summary>The units in one whole resource.</summary>
    public const long One = 10_000;

    /// <summary>The exact amount for a quantity.</summary>
    /// <param name="quantity">A non-negative multiple of 1/10,000.</param>
    /// <param name="name">The resource, for the error.</param>
    /// <exception cref="ArgumentException">The quantity is negative, not finite or finer than 1/10,000.</exception>
    public static long From(double quantity, string name)
    {
        if (!double.IsFinite(quantity) || quantity < 0 || quantity > long.MaxValue / (double)One / 4)
        {
            throw new ArgumentException($"{name}: {quantity} is not an amount of a resource; use a number from 0.", name);
        }

        double scaled = quantity * One;
        double rounded = Math.Round(scaled);
        return Math.Abs(scaled - rounded) <= 1e-6 * Math.Max(1, rounded)
            ? (long)rounded
            : throw new ArgumentException($"{name}: {quantity} is finer than 1/10,000, the smallest share of a resource.", name);
    }

    /// <summary>The quantity for people.</summary>
    public static double ToDouble(long amount) => amount / (double)One;
}
