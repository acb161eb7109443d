namespace RayOrleans.Core;

/// <summary>Everything a shard knows, but for what it has not sent yet: the nodes of a new epoch ask again.</summary>
/// <param name="Epoch">The shard's epoch.</param>
/// <param name="Dead">The nodes that were declared dead.</param>
/// <param name="Alive">The nodes that are there.</param>
/// <param name="Republishing">Those of them that have not yet told all they know in this epoch.</param>
/// <param name="Received">The number of the batch applied last, by node.</param>
/// <param name="Rows">The tasks.</param>
/// <param name="Jobs">The jobs.</param>
public sealed record TableSnapshot(
    long Epoch,
    IReadOnlyList<NodeId> Dead,
    IReadOnlyList<NodeId> Alive,
    IReadOnlyList<NodeId> Republishing,
    IReadOnlyList<KeyValuePair<NodeId, long>> Received,
    IReadOnlyList<TableRowSnapshot> Rows,
    IReadOnlyList<JobRowSnapshot> Jobs)
{
    /// <summary>Which deaths some nodes have not answered for yet.</summary>
    public IReadOnlyList<UnawareNodes> Unaware { get; init; } = [];

    /// <summary>The same for an activation that follows: nobody has joined it yet, and links start anew.</summary>
    public TableSnapshot ForEpoch(long epoch) => this with
    {
        Epoch = epoch,
        Alive = [],
        Republishing = [],
        Received = [],
        Unaware = [.. Unaware.Select(u => u with { Nodes = [] })],
    };
}
