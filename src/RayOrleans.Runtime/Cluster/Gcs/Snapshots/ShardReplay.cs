using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Events;
using RayOrleans.Runtime.Cluster.Keys;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Gcs.Snapshots;

/// <summary>Makes a shard's state from its journal: the same commands, in the same order, at the same times.</summary>
internal sealed class ShardReplay(int index, TableOptions options)
{
    private readonly BatchCodec _codec = new(OpaquePayloadWire.Instance);
    private readonly List<TableRowSnapshot> _rows = [];
    private readonly List<JobRowSnapshot> _jobs = [];
    private ShardState _state = ShardState.Empty(index, 0, options);
    private TableSnapshot? _head;
    private int _parts;

    /// <summary>The time of the last record.</summary>
    public long LastTime { get; private set; }

    /// <summary>The nodes that were members when the last activation ended.</summary>
    public IReadOnlyList<NodeId> Alive => _state.Tasks.Snapshot().Alive;

    /// <summary>How many records were read.</summary>
    public long Count { get; private set; }

    /// <summary>Takes the next record.</summary>
    /// <exception cref="CorruptBatchException">It is no record of this version.</exception>
    public void Add(ReadOnlyMemory<byte> bytes)
    {
        ShardRecord record = ShardRecord.Decode(bytes);
        LastTime = Math.Max(LastTime, record.Time);
        Count++;
        switch (record.Kind)
        {
            case ShardRecordKind.Epoch:
                _state = _state.ForEpoch(index, record.Epoch, options);
                break;
            case ShardRecordKind.State:
                (_parts, _head) = StateRecords.ReadHead(record.Body);
                _rows.Clear();
                _jobs.Clear();
                _state = new ShardState(new TableShard(index, 0, options)) { Keys = new KeyTables(), Events = new EventTable(), Claims = new RestoredClaims() };
                FinishState();
                break;
            case ShardRecordKind.Rows:
                StateRecords.ReadRows(record.Body, _rows);
                OnPart();
                break;
            case ShardRecordKind.Claims:
                StateRecords.ReadClaims(record.Body, _state.Claims);
                OnPart();
                break;
            case ShardRecordKind.Jobs:
                StateRecords.ReadJobs(record.Body, _jobs);
                OnPart();
                break;
            case ShardRecordKind.EventItems:
                StateRecords.ReadEvents(record.Body, _state.Events);
                OnPart();
                break;
            case ShardRecordKind.Keys:
                StateRecords.ReadKeys(record.Body, _state.Keys, record.Time);
                OnPart();
                break;
            default:
                _state.Apply(ToEntry(record));
                _state.Tasks.TakeReadyLinks();
                break;
        }
    }

    /// <summary>The state as it is, if it is of that epoch.</summary>
    public ShardState Current(long epoch) =>
        _state.Tasks.Epoch == epoch ? _state : throw new InvalidOperationException($"The journal ends in epoch {_state.Tasks.Epoch}, not {epoch}.");

    /// <summary>The state for an activation.</summary>
    public ShardState Finish(long epoch) => _parts == 0
        ? _state.ForEpoch(index, epoch, options)
        : throw new CorruptBatchException($"The state of shard {index} lacks {_parts} records.");

    private void OnPart()
    {
        _parts--;
        FinishState();
    }

    private void FinishState()
    {
        if (_parts == 0)
        {
            _state = new ShardState(TableShard.Restore(index, _head! with { Rows = [.. _rows], Jobs = [.. _jobs] }, options)) { Keys = _state.Keys, Events = _state.Events, Claims = _state.Claims };
            _rows.Clear();
            _jobs.Clear();
            _head = null;
        }
    }

    private ShardEntry ToEntry(ShardRecord record) => new(record.Kind)
    {
        Time = record.Time,
        Batch = record.Kind == ShardRecordKind.Batch ? _codec.Decode(record.Body) : null,
        Operation = record.Kind == ShardRecordKind.Tables ? KeyWire.DecodeOperation(record.Body) : null,
        Events = record.Kind == ShardRecordKind.Events ? EventWire.Decode(record.Body) : null,
        Node = record.Node,
        IsAlive = record.IsAlive,
    };
}
