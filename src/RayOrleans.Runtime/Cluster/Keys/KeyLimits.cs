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

    /// <summary>
    /// For how long changes are remembered with their answers, so that one sent again is recognised: longer than a client sends one again (<see cref="KeyClient.Patience"/>),
    /// the last such call is on its way, and the clocks of a shard's silos differ.
    /// </summary>
    public static readonly TimeSpan RememberedFor = TimeSpan.FromMinutes(3);

    /// <summary>How much memory they take at most, in bytes; beyond it the oldest are forgotten earlier. About 290,000 of the usual ones, so 1,600 changes a second for all that time.</summary>
    public const long MaxRememberedBytes = 32 << 20;

    /// <summary>What one takes beside its answer, in bytes.</summary>
    public const int BytesOfRemembered = 104;
}
