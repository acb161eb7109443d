namespace RayOrleans.Runtime.Cluster.Keys;

/// <summary>The bounds of the tables of keys and names.</summary>
internal static class KeyLimits
{
    /// <summary>The largest value, in bytes.</summary>
    public const int MaxValueBytes = 1 << 20;

    /// <summary>The longest key, name or namespace, in characters.</summary>
    public const int MaxKeyLength = 16 * 1024;

    /// <summary>How much of a value goes into one request or answer, in bytes: what transports take, with room for the rest.</summary>
    public const int PartBytes = 96 * 1024;

    /// <summary>How many changes are remembered with their answers, so that one sent again is recognised.</summary>
    public const int RememberedChanges = 4096;
}
