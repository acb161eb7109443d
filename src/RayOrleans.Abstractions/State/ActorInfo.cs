namespace RayOrleans;

/// <summary>An actor, as it was when asked.</summary>
public sealed record ActorInfo
{
    /// <summary>The actor's id.</summary>
    public ActorId ActorId { get; init; }

    /// <summary>Its class.</summary>
    public string ClassName { get; init; } = "";

    /// <summary>The name it was given, if one was.</summary>
    public string? Name { get; init; }

    /// <summary>The namespace of its name.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The job that made it.</summary>
    public JobId JobId { get; init; }

    /// <summary>How it is.</summary>
    public ActorState State { get; init; }

    /// <summary>Whether it outlives its job.</summary>
    public bool IsDetached { get; init; }

    /// <summary>The node it lives on; none while it has none.</summary>
    public NodeId NodeId { get; init; }

    /// <summary>The worker it lives in; none while it has none.</summary>
    public WorkerId WorkerId { get; init; }

    /// <summary>How often it has been restarted.</summary>
    public int Restarts { get; init; }

    /// <summary>How many calls wait for it.</summary>
    public int PendingCalls { get; init; }

    /// <summary>What it holds, by resource name.</summary>
    public IReadOnlyDictionary<string, double> Resources { get; init; } = OptionMap<double>.Empty;

    /// <summary>Why it is dead; null while it is not.</summary>
    public string? DeathReason { get; init; }
}
