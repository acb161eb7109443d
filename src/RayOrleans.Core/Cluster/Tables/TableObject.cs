namespace RayOrleans.Core;

/// <summary>One object of the table. Nodes are named by <see cref="TableRows"/> only, which indexes them.</summary>
internal sealed class TableObject(RemoteRef reference)
{
    private static readonly Dictionary<NodeId, long> NoDeadHolds = [];

    private Dictionary<NodeId, long>? _deadHolds;

    public RemoteRef Ref { get; set; } = reference;

    public ObjectStatus Status { get; set; }

    public int Version { get; set; }

    public long Size { get; set; }

    /// <summary>The small value, or the failure.</summary>
    public object? Value { get; set; }

    public IReadOnlyList<RemoteRef> Contained { get; set; } = [];

    /// <summary>The nodes with a copy of <see cref="Version"/>.</summary>
    public List<NodeId> Locations { get; } = [];

    /// <summary>Who keeps its copies; null: it is not replicated.</summary>
    public TableReplicas? Replicas { get; set; }

    /// <summary>How much each node wants kept.</summary>
    public Dictionary<NodeId, HoldLevel> Holders { get; } = [];

    /// <summary>Holds of nodes that died, and when they stop counting.</summary>
    public IReadOnlyDictionary<NodeId, long> DeadHolds => _deadHolds ?? NoDeadHolds;

    public bool HasDeadHolds => _deadHolds is not null;

    public HashSet<NodeId> Subscribers { get; } = [];

    /// <summary>Whether it was given up for good. One whose value was only not wanted is made again once it is.</summary>
    public bool IsGone { get; set; }

    /// <summary>Whether any live node, or one that died just now, wants the value.</summary>
    public bool IsWanted => _deadHolds is not null || Holders.Any(h => h.Value == HoldLevel.Value);

    /// <summary>Whether nobody wants anything of it.</summary>
    public bool IsUnheld => Holders.Count == 0 && _deadHolds is null;

    public void AddDeadHold(NodeId node, long until) => (_deadHolds ??= [])[node] = until;

    /// <summary>False: none of them has stopped counting.</summary>
    public bool EndDeadHolds(long now)
    {
        bool ended = false;
        foreach (NodeId node in DeadHolds.Where(d => d.Value <= now).Select(d => d.Key).ToList())
        {
            ended |= _deadHolds!.Remove(node);
        }

        _deadHolds = _deadHolds is { Count: 0 } ? null : _deadHolds;
        return ended;
    }

    public ObjectReport ToReport() => new(
        Ref,
        Status == ObjectStatus.Remote && Locations.Count == 0 ? ObjectStatus.Pending : Status,
        Version, Size, Value, Contained, IsHere: false, HoldLevel.None)
    {
        Replication = Replicas is null ? Replication.None : Replicas.IsSafe ? Replication.Kept : Replication.Wanted,
    };

    /// <summary>What subscribers are told: a value that is not there because nobody wanted it comes back for one who does.</summary>
    public ObjectReport ToStatus() => Status == ObjectStatus.Deleted && !IsGone ? ToReport() with { Status = ObjectStatus.Pending } : ToReport();
}
