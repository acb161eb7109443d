using System.Globalization;

namespace RayOrleans.Silo.Microbenchmark.Reports;

/// <summary>An object store in one line: bytes by kind, objects, fragmentation, and what spilling and restoring did.</summary>
internal static class StoreText
{
    private const double Megabyte = 1e6;

    public static string Of(ObjectStoreInfo store) => string.Join(
        ", ",
        string.Create(CultureInfo.InvariantCulture, $"{store.Objects:N0} objects"),
        $"primary {Bytes(store.PrimaryBytes)}",
        $"secondary {Bytes(store.SecondaryBytes)}",
        $"pinned {Bytes(store.PinnedBytes)}",
        $"spilled {Bytes(store.SpilledBytes)}",
        $"fallback {Bytes(store.FallbackBytes)}",
        $"free {Bytes(store.FreeBytes)}",
        $"fragmentation {Figure.Percent(store.Fragmentation)}",
        Flow("spills", store.Spills, store.SpilledBytesTotal, store.SpillBytesPerSecond),
        Flow("restores", store.Restores, store.RestoredBytesTotal, store.RestoreBytesPerSecond),
        string.Create(CultureInfo.InvariantCulture, $"{store.Evictions:N0} evictions"));

    private static string Flow(string what, long count, long bytes, double rate) => count == 0
        ? $"0 {what}"
        : string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what} of {Bytes(bytes)} at {Bytes((long)rate)}/s per thread");

    private static string Bytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / Megabyte:N1} MB");
}
