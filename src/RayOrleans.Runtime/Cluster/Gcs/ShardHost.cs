using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Events;
using RayOrleans.Runtime.Cluster.Gcs.Lineage;
using RayOrleans.Runtime.Cluster.Gcs.Snapshots;
using RayOrleans.Runtime.Cluster.Keys;
using RayOrleans.Runtime.Cluster.Links;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>
/// A shard of the GCS as a party: its tables, their journal, and the links to the nodes. What arrives is kept in the journal before it is applied and
/// answered, so neither an answer nor a message to a node can be about something that a crash takes back. Thread-safe.
/// Before its first request or tick it is told about every member there is, also those that have not said hello on this silo yet; nodes that its journal knows and nobody told it about are gone.
/// </summary>
internal sealed class ShardHost : IMovableParty, ILinkSource, IShardLogOwner, IDisposable
{
    private readonly ShardHostOptions _options;
    private readonly IShardJournal _journal;
    private readonly BatchCodec _codec = new(OpaquePayloadWire.Instance);
    private readonly LinkDrainer _drainer;
    private readonly Lock _gate = new();
    private readonly ShardGreetings _greetings;
    private readonly StagedValues _staged;
    private readonly List<(NodeId Node, bool IsAlive)> _early = [];
    private readonly HashSet<NodeId> _expected = [];
    private readonly ShardLineage _lineage;
    private long _stateBytes;
    private Task? _starting;
    private ShardState _state;
    private volatile ShardLog? _log;
    private volatile StaleEpochException? _replaced;

    public ShardHost(ShardHostOptions options, IShardJournal journal, IClusterTransport transport)
    {
        _options = options;
        _journal = journal;
        _staged = new StagedValues(options.Time);
        _lineage = new ShardLineage(options, _gate);
        _drainer = new LinkDrainer(this, transport, _codec, options.Time, options.Seed);
        _greetings = new ShardGreetings(options.Index, options.Epoch, _codec, transport);
        _state = ShardState.Empty(options.Index, options.Epoch, TableOptions);
    }

    /// <summary>Told about what went wrong with the journal. On any thread; must not throw.</summary>
    public Action<Exception>? JournalFailed { get; init; }

    /// <summary>Told when nothing of it is needed any more: it has ended, left, or was disposed of. On any thread, maybe more than once; must not throw.</summary>
    public Action? Over { get; init; }

    public Exception? Ended => _log is { } log ? log.Ended : _replaced;

    /// <summary>How many tasks and puts it knows.</summary>
    public int TaskCount
    {
        get
        {
            lock (_gate)
            {
                return _state.Tasks.TaskCount;
            }
        }
    }

    /// <summary>What it keeps of finished tasks.</summary>
    public LineageTotals Lineage
    {
        get
        {
            lock (_gate)
            {
                return new LineageTotals(_state.Tasks.LineageBytes, _state.Tasks.StoredSpecs, _state.Tasks.ForgottenCount);
            }
        }
    }

    private TableOptions TableOptions => new()
    {
        DeadHoldTicks = _options.DeadHold.Ticks,
        LineageBytes = _options.FlushesLineage ? _options.LineageBytes : long.MaxValue,
        KeepsForgotten = !_options.FlushesLineage,
    };

    public ValueTask<byte[]> OnBatchAsync(ReadOnlyMemory<byte> batch) => _log is null ? StartAndTakeAsync(batch) : Take(batch);

    public void OnMemberChanged(in MemberChange change)
    {
        ShardLog? log;
        lock (_gate)
        {
            log = _log;
            if (log is null)
            {
                _early.Add((change.Member.NodeId, change.IsAlive));
                return;
            }
        }

        Add(log, change.Member.NodeId, change.IsAlive);
    }

    public void OnMemberExpected(NodeId node)
    {
        lock (_gate)
        {
            _expected.Add(node);
        }
    }

    public void Tick()
    {
        if (_log is { } log)
        {
            _ = log.Add(new ShardEntry(ShardRecordKind.Tick));
        }
        else
        {
            // What fails is said where it fails, and tried again with the next one.
            _ = StartAsync();
        }
    }

    public async Task LeaveAsync(string why)
    {
        // What an earlier activation has left must have been read, or it would be lost.
        await StartAsync().ConfigureAwait(false);
        ShardLog log = _log!;
        NodeUnreachableException end = new($"Shard {_options.Index}: {why}.");
        long time = await log.EndAsync(end).ConfigureAwait(false);
        _drainer.Dispose();
        try
        {
            // One that had ended before, by a failure, is not what its journal says: that alone is left.
            if (_journal is IMovableShardStorage movable && ReferenceEquals(log.Ended, end))
            {
                await movable.LeaveAsync(_options.Epoch, StateRecords(time)).ConfigureAwait(false);
            }
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>The whole state, as it would stand for the journal.</summary>
    internal List<ReadOnlyMemory<byte>> StateRecords(long time)
    {
        lock (_gate)
        {
            return Snapshots.StateRecords.Write(_state, time);
        }
    }

    /// <summary>Reads the journal, unless that was done; by itself this happens at the first request or tick.</summary>
    public Task StartAsync()
    {
        lock (_gate)
        {
            // A start that failed, or was cancelled, is tried again: the storage may be back.
            return _starting is null or { IsCompleted: true, IsCompletedSuccessfully: false } ? _starting = LoadAsync() : _starting;
        }
    }

    /// <summary>Sends nothing any more.</summary>
    public void Dispose()
    {
        _drainer.Dispose();
        _lineage.Dispose();
        Over?.Invoke();
    }

    Batch? ILinkSource.TakeBatch(Link link)
    {
        lock (_gate)
        {
            return _state.Tasks.TakeBatch(link);
        }
    }

    void ILinkSource.OnAnswer(Link link, Batch batch, BatchAnswer answer)
    {
        IReadOnlyList<Link> ready;
        lock (_gate)
        {
            _state.Tasks.OnAnswer(link, batch, answer);
            ready = _state.Tasks.TakeReadyLinks();
        }

        _drainer.Signal(ready);
    }

    void IShardLogOwner.Apply(IReadOnlyList<ShardEntry> entries)
    {
        IReadOnlyList<Link> ready;
        lock (_gate)
        {
            foreach (ShardEntry entry in entries)
            {
                entry.Answer = _state.Apply(entry);
            }

            ready = _state.Tasks.TakeReadyLinks();
        }

        _drainer.Signal(ready);
        Greet(entries);
        FlushLineage();
    }

    IReadOnlyList<ReadOnlyMemory<byte>>? IShardLogOwner.TakeSnapshot(long journalBytes, long time)
    {
        return journalBytes < Math.Max(_journal.MaxBytes ?? _options.MaxJournalBytes, 2 * _stateBytes) ? null : TakeState(time);
    }

    IReadOnlyList<ReadOnlyMemory<byte>> IShardLogOwner.TakeState(long time) => TakeState(time);

    void IShardLogOwner.OnJournalFailed(Exception error)
    {
        JournalFailed?.Invoke(error);
        if (Ended is not null)
        {
            Dispose();
        }
    }

    private void FlushLineage()
    {
        if (_lineage.Flush(_state.Tasks) is { } failure)
        {
            JournalFailed?.Invoke(failure);
        }
    }

    private List<ReadOnlyMemory<byte>> TakeState(long time)
    {
        List<ReadOnlyMemory<byte>> records = StateRecords(time);
        _stateBytes = records.Sum(r => (long)r.Length);
        return records;
    }

    private void Greet(IReadOnlyList<ShardEntry> entries)
    {
        bool greets = false;
        foreach (ShardEntry entry in entries)
        {
            switch (entry.Kind)
            {
                case ShardRecordKind.Batch:
                    _greetings.OnBatch(entry.Batch!);
                    break;
                case ShardRecordKind.Member:
                    _greetings.OnMember(entry.Node, entry.IsAlive);
                    greets = true;
                    break;
                case ShardRecordKind.Tick:
                    greets = true;
                    break;
                default:
                    break;
            }
        }

        if (greets)
        {
            _greetings.Greet();
        }
    }

    private static void Add(ShardLog log, NodeId node, bool isAlive) =>
        _ = log.Add(new ShardEntry(ShardRecordKind.Member) { Node = node, IsAlive = isAlive });

    private async ValueTask<byte[]> StartAndTakeAsync(ReadOnlyMemory<byte> batch)
    {
        await StartAsync().ConfigureAwait(false);
        return await Take(batch).ConfigureAwait(false);
    }

    private async Task LoadAsync()
    {
        ShardLog log;
        try
        {
            log = await ReplayAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whoever asked learns it too, but ticks ask nobody.
            _replaced = e as StaleEpochException;
            JournalFailed?.Invoke(e);
            throw;
        }

        while (true)
        {
            (NodeId Node, bool IsAlive)[] early;
            lock (_gate)
            {
                early = [.. _early];
                _early.Clear();
                if (early.Length == 0)
                {
                    _log = log;
                    return;
                }
            }

            foreach ((NodeId node, bool isAlive) in early)
            {
                Add(log, node, isAlive);
            }
        }
    }

    private async ValueTask<ShardLog> ReplayAsync()
    {
        ShardReplay replay = new(_options.Index, TableOptions);
        long bytes = 0;
        await foreach (ReadOnlyMemory<byte> record in _journal.ReadAsync(_options.Epoch).ConfigureAwait(false))
        {
            replay.Add(record);
            bytes += record.Length;
        }

        long time = Math.Max(replay.LastTime, _options.Time.GetUtcNow().UtcTicks);
        byte[][] epoch = _journal.KeepsRecords ? [ShardRecord.EncodeEpoch(time, _options.Epoch)] : [];
        await _journal.AppendAsync(_options.Epoch, [.. epoch.Select(e => (ReadOnlyMemory<byte>)e)]).ConfigureAwait(false);
        ShardState state = replay.Finish(_options.Epoch);
        lock (_gate)
        {
            // Nodes that the journal knows and nobody told about have gone while no activation was there to be told. Those that have not said hello here yet have said it
            // elsewhere, or they would not be known: they are members, and nothing may be concluded before they have spoken.
            HashSet<NodeId> told = [.. _early.Select(e => e.Node)];
            _early.AddRange(KnownNodes(replay, state).Where(n => !told.Contains(n)).Select(n => (n, _expected.Contains(n))));
            _state = state;
        }

        FlushLineage();
        return new ShardLog(_journal, _options.Epoch, this, _options.Time, time) { JournalBytes = bytes, MaxWaitingBytes = _options.MaxWaitingBytes };
    }

    private static IEnumerable<NodeId> KnownNodes(ShardReplay replay, ShardState state)
    {
        TableSnapshot snapshot = state.Tasks.Snapshot();
        HashSet<NodeId> dead = [.. snapshot.Dead, NodeId.None];
        return snapshot.Rows.SelectMany(r => r.Objects.SelectMany(o => o.Holders.Select(h => h.Key).Concat(o.Locations).Concat(o.Subscribers)).Append(r.Owner))
            .Concat(snapshot.Jobs.Where(j => !j.Report.IsEnded).Select(j => j.Report.Driver)).Concat(replay.Alive).Where(n => !dead.Contains(n)).Distinct().OrderBy(n => n.Value);
    }

    private ValueTask<byte[]> Take(ReadOnlyMemory<byte> request)
    {
        switch (request.IsEmpty ? (RequestKind)byte.MaxValue : (RequestKind)request.Span[0])
        {
            case RequestKind.Batch:
                Batch batch = _codec.Decode(request);
                ShardMessages.Check(batch, _options.Index);
                return _log!.Add(new ShardEntry(ShardRecordKind.Batch) { Batch = batch, Body = request });
            case RequestKind.Lookup:
                IReadOnlyList<ObjectId> ids = TableLookup.DecodeRequest(request);
                CheckEpoch();
                lock (_gate)
                {
                    return new(TableLookup.EncodeAnswer(_state.Tasks.Lookup(ids)));
                }

            case RequestKind.Jobs:
                CheckEpoch();
                lock (_gate)
                {
                    return new(JobWire.Answer(request, _state.Tasks.Jobs));
                }

            case RequestKind.ReadEvents:
                CheckEpoch();
                lock (_gate)
                {
                    return new(EventWire.Answer(request, _state.Events));
                }

            case RequestKind.Events:
                return _log!.Add(new ShardEntry(ShardRecordKind.Events) { Events = EventWire.Decode(request), Body = request });
            case RequestKind.Tables:
                return TakeOperation(request);
            default:
                throw new CorruptBatchException("A shard takes batches, lookups, questions for jobs, events and operations on its tables only.");
        }
    }

    private ValueTask<byte[]> TakeOperation(ReadOnlyMemory<byte> request)
    {
        KeyOperation operation = KeyWire.DecodeOperation(request);
        switch (operation.Kind)
        {
            case KeyOperationKind.Stage:
                return new(_staged.Add(operation));
            case KeyOperationKind.PutStaged when !_staged.TryTake(operation, out operation!):
                return new(KeyWire.EncodeFlag(false));
            case KeyOperationKind.PutStaged:
                return _log!.Add(new ShardEntry(ShardRecordKind.Tables) { Operation = operation, Body = KeyWire.EncodeOperation(operation) });
            default:
                return _log!.Add(new ShardEntry(operation.IsChange ? ShardRecordKind.Tables : ShardRecordKind.Read) { Operation = operation, Body = request });
        }
    }

    private void CheckEpoch()
    {
        if (Ended is { } ended)
        {
            throw ended;
        }
    }
}
