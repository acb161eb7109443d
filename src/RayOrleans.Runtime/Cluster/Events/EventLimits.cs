namespace RayOrleans.Runtime.Cluster.Events;

/// <summary>The bounds of the event table, and of what nodes send there.</summary>
internal static class EventLimits
{
    /// <summary>The most events of one job or node that a shard keeps.</summary>
    public const int PerKey = 4_000;

    /// <summary>The most bytes that a shard keeps.</summary>
    public const long ShardBytes = 8L << 20;

    /// <summary>About what one event takes beside its contents.</summary>
    public const int ItemBytes = 128;

    /// <summary>How many jobs and nodes without events, and nodes that have told something, a shard remembers.</summary>
    public const int Remembered = 1_000;

    /// <summary>How many successes a node sends at most with each flush; failures and actors' changes are sent all.</summary>
    public const int SuccessesPerFlush = 500;

    /// <summary>How many failures and changes of actors wait at most.</summary>
    public const int MostWaiting = 10_000;

    /// <summary>How much goes into one request or answer, in bytes.</summary>
    public const int PageBytes = 96 * 1024;
}
