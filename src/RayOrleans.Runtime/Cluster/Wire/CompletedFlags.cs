namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>What a completion says in one byte.</summary>
internal static class CompletedFlags
{
    public const byte HasFailure = 1;
    public const byte IsRetriable = 2;
    public const byte IsSystemFailure = 4;

    /// <summary>Two bits from here on are the blame.</summary>
    public const int BlameShift = 3;
    public const byte All = 31;
}
