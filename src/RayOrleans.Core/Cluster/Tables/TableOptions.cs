namespace RayOrleans.Core;

/// <summary>What a shard of the object and task table must be told.</summary>
public sealed record TableOptions
{
    /// <summary>
    /// How long a dead node's holds still count, and how long a row without an owner waits for one, in the caller's ticks: longer than what
    /// it sent last may take to arrive.
    /// </summary>
    public required long DeadHoldTicks { get; init; }
}
