namespace RayOrleans.Core;

/// <summary>How an incarnation of an actor ended on the node where it lived.</summary>
/// <param name="Actor">The actor.</param>
/// <param name="Incarnation">The incarnation.</param>
/// <param name="Why">The reason, for messages.</param>
/// <param name="Blame">What it had to do with the end of its process; none: it ended by itself, or was told to for good, and is not started anew.</param>
internal sealed record EndedIncarnation(ActorId Actor, int Incarnation, string Why, Blame Blame)
{
    /// <summary>Whether the actor may be started anew, if it has restarts left.</summary>
    public bool MayRestart => Blame != Blame.None;
}
