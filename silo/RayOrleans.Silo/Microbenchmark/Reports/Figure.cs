using System.Globalization;

namespace RayOrleans.Silo.Microbenchmark.Reports;

/// <summary>Numbers as people read them.</summary>
internal static class Figure
{
    /// <summary>Four significant digits at least, with thousands separated.</summary>
    public static string Text(double value) => Math.Abs(value) switch
    {
        >= 1000 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("0.0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.00", CultureInfo.InvariantCulture),
        _ => value.ToString("0.000", CultureInfo.InvariantCulture),
    };

    /// <summary>A share as a percentage.</summary>
    public static string Percent(double ratio) => ratio.ToString(ratio < 0.1 ? "0.0 %" : "0 %", CultureInfo.InvariantCulture);
}
