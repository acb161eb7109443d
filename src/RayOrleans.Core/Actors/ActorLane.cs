namespace RayOrleans.Core;

/// <summary>A share of an actor's concurrency with its queue of calls whose turn has come.</summary>
internal sealed class ActorLane(int limit)
{
    public int Limit { get; } = limit;

    public int Running { get; set; }

    public TaskQueue Ready { get; } = new();

    /// <summary>The running call of a lane that runs one at a time.</summary>
    public Attempt? Sole { get; set; }

    public bool CanStart => Ready.Count > 0 && Running < Limit;
}
