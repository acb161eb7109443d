using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Events;
using RayOrleans.Runtime.Cluster.Gcs.Snapshots;
using RayOrleans.Runtime.Cluster.Keys;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>Everything a shard keeps. Deterministic: the same records make the same state. Guarded by its owner's lock.</summary>
internal sealed class ShardState(TableShard tasks)
{
    /// <summary>Tasks and objects.</summary>
    public TableShard Tasks { get; } = tasks;

    /// <summary>Keys and names.</summary>
    public required KeyTables Keys { get; init; }

    /// <summary>What has happened.</summary>
    public required EventTable Events { get; init; }

    /// <summary>What nodes had said to earlier epochs and have not repeated.</summary>
    public required RestoredClaims Claims { get; init; }

    public static ShardState Empty(int index, long epoch, TableOptions options) =>
        new(new TableShard(index, epoch, options)) { Keys = new KeyTables(), Events = new EventTable(), Claims = new RestoredClaims() };

    /// <summary>The same for the activation that follows; this one is not used any more.</summary>
    public ShardState ForEpoch(int index, long epoch, TableOptions options)
    {
        TableSnapshot snapshot = Tasks.Snapshot().ForEpoch(epoch);
        return new ShardState(TableShard.Restore(index, snapshot, options)) { Keys = Keys, Events = Events, Claims = RestoredClaims.Of(snapshot) };
    }

    /// <summary>Applies what was kept; returns the answer.</summary>
    public byte[] Apply(ShardEntry entry)
    {
        switch (entry.Kind)
        {
            case ShardRecordKind.Batch:
                Batch batch = entry.Batch!.ToEpoch == Tasks.Epoch ? Claims.Complete(entry.Batch) : entry.Batch;
                return BatchCodec.EncodeAnswer(Tasks.OnBatch(batch, entry.Time));
            case ShardRecordKind.Member:
                if (!entry.IsAlive)
                {
                    Claims.Forget(entry.Node);
                    Events.OnDied(entry.Node, entry.Time);
                }

                Tasks.OnMember(entry.Node, entry.IsAlive, entry.Time);
                return [];
            case ShardRecordKind.Tick:
                Tasks.Tick(entry.Time);
                return [];
            case ShardRecordKind.Events:
                Events.Add(entry.Events!);
                return [BatchCodec.Format];
            case ShardRecordKind.Tables or ShardRecordKind.Read:
                return Keys.Apply(entry.Operation!, entry.Time);
            default:
                throw new ArgumentException($"A record of kind {entry.Kind} is not applied.", nameof(entry));
        }
    }
}
