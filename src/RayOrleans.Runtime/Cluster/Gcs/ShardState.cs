using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Keys;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>Everything a shard keeps. Deterministic: the same records make the same state. Guarded by its owner's lock.</summary>
internal sealed class ShardState(TableShard tasks)
{
    /// <summary>Tasks and objects.</summary>
    public TableShard Tasks { get; } = tasks;

    /// <summary>Keys and names.</summary>
    public KeyTables Keys { get; init; } = new();

    /// <summary>Applies what was kept; returns the answer.</summary>
    public byte[] Apply(ShardEntry entry)
    {
        switch (entry.Kind)
        {
            case ShardRecordKind.Batch:
                return BatchCodec.EncodeAnswer(Tasks.OnBatch(entry.Batch!, entry.Time));
            case ShardRecordKind.Member:
                Tasks.OnMember(entry.Node, entry.IsAlive, entry.Time);
                return [];
            case ShardRecordKind.Tick:
                Tasks.Tick(entry.Time);
                return [];
            case ShardRecordKind.Tables or ShardRecordKind.Read:
                return Keys.Apply(entry.Operation!);
            default:
                throw new ArgumentException($"A record of kind {entry.Kind} is not applied.", nameof(entry));
        }
    }
}
