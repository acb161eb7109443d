namespace RayOrleans.Core;

/// <summary>What a shard of the object and task table must be told.</summary>
public sealed record TableOptions
{
    /// <summary>
    /// How long a dead node's holds still count, and how long a row without an owner waits for one, in the caller's ticks: longer than what
    /// it sent last may take to arrive.
    /// </summary>
    public required long DeadHoldTicks { get; init; }

    /// <summary>How many bytes of the specs of finished tasks it keeps in memory before the oldest are to be stored elsewhere (<see cref="TableShard.TakeFlushable"/>).</summary>
    public long LineageBytes { get; init; } = long.MaxValue;

    /// <summary>Whether rows stay in memory that nobody needs any more, and specs of finished tasks as well: to show what that comes to.</summary>
    public bool KeepsForgotten { get; init; }
}
