namespace RayOrleans.Core;

/// <summary>What the engine must know of an actor's options.</summary>
public sealed record ActorOptions
{
    /// <summary>The name it can be found by.</summary>
    public string? Name { get; init; }

    /// <summary>The namespace of the name.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Whether it lives on when nobody holds a handle, and when its job ends.</summary>
    public bool IsDetached { get; init; }

    /// <summary>How often it is constructed again; -1 without bound.</summary>
    public int MaxRestarts { get; init; }

    /// <summary>Whether its calls take turns, so that its code never runs on two threads at once.</summary>
    public bool TakesTurns { get; init; }

    /// <summary>How many calls may run at once in the default lane.</summary>
    public int MaxConcurrency { get; init; } = 1;

    /// <summary>Whether a call with missing inputs lets later ones of the same caller pass.</summary>
    public bool AllowOutOfOrder { get; init; }

    /// <summary>The limits of further concurrency lanes, by index from 1.</summary>
    public IReadOnlyList<int> LaneLimits { get; init; } = [];

    /// <summary>How many calls may wait; -1 without bound.</summary>
    public int MaxPendingCalls { get; init; } = -1;

    /// <summary>Whether the resources of the creation stay granted while it lives.</summary>
    public bool KeepsResources { get; init; }
}
