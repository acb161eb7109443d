namespace RayOrleans;

/// <summary>How long an actor lives.</summary>
public enum ActorLifetime
{
    /// <summary>What the job says; without that, <see cref="NonDetached"/>.</summary>
    Default,

    /// <summary>Until the last handle is gone, or its job ends.</summary>
    NonDetached,

    /// <summary>Until it is killed or exits, whatever becomes of its job and handles.</summary>
    Detached,
}
