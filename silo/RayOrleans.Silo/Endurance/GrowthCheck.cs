using System.Globalization;

namespace RayOrleans.Silo.Endurance;

/// <summary>
/// Whether an amount that was looked at over and over again has grown: the median of the last quarter against that of the second one, because in the
/// first one code is compiled and stores are touched for the first time.
/// </summary>
internal static class GrowthCheck
{
    /// <summary>Fewer looks tell nothing.</summary>
    public const int FewestLooks = 12;

    /// <summary>What has grown, in words; null: nothing.</summary>
    /// <param name="what">The amount's name.</param>
    /// <param name="looks">The amounts, in the order of time.</param>
    /// <param name="share">The part of it that it may grow by.</param>
    /// <param name="amount">What it may grow by in any case.</param>
    public static string? Find(string what, IReadOnlyList<double> looks, double share, double amount)
    {
        if (looks.Count < FewestLooks)
        {
            return null;
        }

        int quarter = looks.Count / 4;
        double before = Median(looks.Skip(quarter).Take(quarter));
        double after = Median(looks.Skip(looks.Count - quarter));
        return after <= (before * (1 + share)) + amount
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{what} has grown from {before:N0} (second quarter) to {after:N0} (last quarter)");
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
