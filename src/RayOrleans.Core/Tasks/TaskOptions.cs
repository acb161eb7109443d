namespace RayOrleans.Core;

/// <summary>What the engine must know of a task's options; one instance is shared by all tasks with the same options.</summary>
public record TaskOptions
{
    /// <summary>The defaults of API.md.</summary>
    public static TaskOptions Default { get; } = new();

    /// <summary>What an attempt needs while it runs.</summary>
    public ResourceShape Shape { get; init; } = ResourceShape.OneCpu;

    /// <summary>The reservation that attempts draw on; null: the node's resources.</summary>
    public ResourceLedger? Reservation { get; init; }

    /// <summary>How often a failed attempt is repeated; -1 without bound.</summary>
    public int MaxRetries { get; init; } = 3;

    /// <summary>Fail at once when no node could ever satisfy <see cref="Shape"/>, instead of waiting for one.</summary>
    public bool FailIfUnschedulable { get; init; }
}
