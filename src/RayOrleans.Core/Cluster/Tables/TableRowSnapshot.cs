namespace RayOrleans.Core;

/// <summary>What a shard knows of one task or put.</summary>
/// <param name="Task">The task.</param>
/// <param name="Owner">Its owner; none: it has lost it.</param>
/// <param name="Epoch">How often it has changed hands.</param>
/// <param name="FirstAttempt">The first attempt number that the next owner may use.</param>
/// <param name="IsPublished">Whether the owner has told its record.</param>
/// <param name="IsAdopting">Whether the owner was asked to take it over and has not answered.</param>
/// <param name="IsUnsettled">Whether what follows from its last change was not done yet.</param>
/// <param name="OwnerlessSince">When it lost its owner.</param>
/// <param name="Spec">What makes it again.</param>
/// <param name="Actor">Where its actor stands.</param>
/// <param name="Objects">Its objects.</param>
public sealed record TableRowSnapshot(
    TaskId Task,
    NodeId Owner,
    int Epoch,
    int FirstAttempt,
    bool IsPublished,
    bool IsAdopting,
    bool IsUnsettled,
    long OwnerlessSince,
    TaskSpec? Spec,
    ActorReport? Actor,
    IReadOnlyList<TableObjectSnapshot> Objects)
{
    /// <summary>How many of the attempts so far were not charged as retries.</summary>
    public int Uncharged { get; init; }

    /// <summary>Whether it has no spec because its lineage was evicted.</summary>
    public bool IsEvicted { get; init; }

    /// <summary>What makes it again, where that does not lie in memory.</summary>
    public StoredSpec? Stored { get; init; }
}
