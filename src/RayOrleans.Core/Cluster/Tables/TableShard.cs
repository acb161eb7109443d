namespace RayOrleans.Core;

/// <summary>
/// A shard of the GCS's object and task table: who owns, holds and has what; who is told when that changes (ARCHITECTURE, "Several nodes").
/// Deterministic: it is fed batches, membership and the time, and fills its links; it has no clock, thread or I/O. What it says to nodes
/// is always the state, so that saying it again changes nothing.
/// </summary>
public sealed class TableShard
{
    private readonly int _index;
    private readonly TableOptions _options;
    private readonly TableLinks _links;
    private readonly TableLineage _lineage;
    private readonly TableRows _rows;
    private readonly ObjectStates _states;
    private readonly RowSettler _settler;
    private readonly TableJobs _jobs;
    private readonly LastWords _lastWords;
    private readonly HashSet<NodeId> _republishing = [];
    private readonly HashSet<NodeId> _republished = [];
    private readonly HashSet<TableRow> _unsettled = [];

    /// <summary>Makes an empty shard.</summary>
    /// <param name="index">Its number.</param>
    /// <param name="epoch">The number of this activation; higher than that of every earlier one.</param>
    /// <param name="options">Options.</param>
    public TableShard(int index, long epoch, TableOptions options)
    {
        _index = index;
        _options = options;
        _links = new TableLinks(index, epoch);
        _lineage = new TableLineage(options);
        _rows = new TableRows(_lineage);
        _states = new ObjectStates(_rows, _links);
        _lastWords = new LastWords(_links);
        _settler = new RowSettler(_options, _rows, _links, _states, _lastWords);
        _jobs = new TableJobs(_options, _links);
    }

    /// <summary>The number of this activation.</summary>
    public long Epoch => _links.Epoch;

    /// <summary>Its number.</summary>
    public int Index => _index;

    /// <summary>Tasks and puts it knows.</summary>
    public int TaskCount => _rows.All.Count;

    /// <summary>Objects it knows.</summary>
    public int ObjectCount => _rows.All.Sum(r => r.Objects.Count);

    /// <summary>Nodes' holds it knows, those of dead nodes included.</summary>
    public int HolderCount => _rows.All.Sum(r => r.Objects.Values.Sum(o => o.Holders.Count + o.DeadHolds.Count));

    /// <summary>What the specs of finished tasks take in memory, in bytes, but for those that were taken and are not stored yet.</summary>
    public long LineageBytes => _lineage.Bytes;

    /// <summary>How many specs of finished tasks lie elsewhere.</summary>
    public int StoredSpecs => _lineage.StoredCount;

    /// <summary>How many rows it keeps though nobody needs them (<see cref="TableOptions.KeepsForgotten"/>).</summary>
    public int ForgottenCount => _lineage.ForgottenCount;

    /// <summary>The jobs it knows, in the order of their starts.</summary>
    public IReadOnlyList<JobReport> Jobs => _jobs.Reports;

    /// <summary>What is wrong with the index by node, found by a walk over everything; null: nothing.</summary>
    public string? CheckIndex() => _rows.CheckIndex();

    /// <summary>Everything it knows, in an order of its own; what waits to be sent is not part of it.</summary>
    public TableSnapshot Snapshot()
    {
        (List<NodeId> dead, List<KeyValuePair<NodeId, long>> received, List<NodeId> alive) = _links.Snapshot();
        return new TableSnapshot(
            Epoch, dead, alive, [.. _republishing.OrderBy(n => n.Value)], received,
            [.. _rows.All.OrderBy(r => r.Task.High).ThenBy(r => r.Task.Low).Select(r => TableSnapshots.Of(r, _unsettled.Contains(r)))],
            _jobs.Snapshot())
        {
            Unaware = _lastWords.Snapshot(),
        };
    }

    /// <summary>
    /// A shard with that knowledge. For a next epoch, <see cref="TableSnapshot.ForEpoch"/>: the nodes that are there join again, and tell again what they
    /// know; what one of them said before and does not say again, the caller takes back in its name.
    /// </summary>
    public static TableShard Restore(int index, TableSnapshot snapshot, TableOptions options)
    {
        TableShard shard = new(index, snapshot.Epoch, options);
        shard._links.Restore(snapshot);
        shard._republishing.UnionWith(snapshot.Republishing);
        shard._jobs.Restore(snapshot.Jobs);
        shard._lastWords.Restore(snapshot.Unaware);
        foreach (TableRowSnapshot row in snapshot.Rows)
        {
            TableRow restored = TableSnapshots.ToRow(row, shard._rows);
            shard._lineage.Restore(restored, row.Spec, row.Stored);
            if (row.IsUnsettled)
            {
                shard._unsettled.Add(restored);
            }
        }

        return shard;
    }

    /// <summary>The links that have something to take.</summary>
    public IReadOnlyList<Link> TakeReadyLinks() => _links.TakeReady();

    /// <summary>The next batch of a link; null while one is in flight, or when there is nothing to send.</summary>
    public Batch? TakeBatch(Link link) => link.TryTake();

    /// <summary>The answer to a batch.</summary>
    public void OnAnswer(Link link, Batch batch, BatchAnswer answer)
    {
        if (ReferenceEquals(link.InFlight, batch) && answer.Kind == BatchVerdict.Applied)
        {
            link.Answered();
        }
    }

    /// <summary>A batch came from a node.</summary>
    public BatchAnswer OnBatch(Batch batch, long now)
    {
        if (!_links.Accepts(batch, out BatchAnswer answer))
        {
            return answer;
        }

        foreach (Message message in batch.Messages)
        {
            Apply(batch.From.Node, message, now);
        }

        SettleRows(now);
        return answer;
    }

    /// <summary>A node has joined, or was declared dead.</summary>
    public void OnMember(NodeId node, bool isAlive, long now)
    {
        if (isAlive)
        {
            // A node may have told everything before the membership's news of it came.
            if (_links.Joined(node))
            {
                if (!_republished.Contains(node))
                {
                    _republishing.Add(node);
                    _links.Send(node, new RepublishedMessage());
                }

                _lastWords.OnJoined(node);
            }

            _jobs.OnMember(node, isAlive, now);
            return;
        }

        if (!_links.Died(node))
        {
            return;
        }

        _republishing.Remove(node);
        _republished.Remove(node);
        _jobs.OnMember(node, isAlive, now);
        foreach (TableRow row in _rows.Thin)
        {
            foreach (TableObject item in row.Objects.Values)
            {
                ObjectStates.Answered(item, node);
            }
        }

        foreach (TableRow row in _rows.Naming(node))
        {
            Bury(row, node, now);
        }

        SettleRows(now);

        // After what it leaves was given away: who takes it over then tells what it holds for that first.
        _lastWords.OnDied(node);
    }

    /// <summary>Lets the time pass: dead nodes' holds stop counting, rows without an owner give up waiting.</summary>
    public void Tick(long now)
    {
        _lastWords.Tick();
        foreach (TableRow row in _lastWords.AreAwaited ? [] : _rows.DeadHeld)
        {
            if (_rows.EndDeadHolds(row, now))
            {
                _unsettled.Add(row);
            }
        }

        _unsettled.UnionWith(_rows.Ownerless);
        if (_links.MemberCount > 1)
        {
            _unsettled.UnionWith(_rows.Thin);
        }

        if (_republishing.Count == 0)
        {
            _jobs.Tick(now);
        }

        SettleRows(now);
    }

    /// <summary>
    /// Specs of finished tasks to be stored elsewhere, the oldest first, because they exceed <see cref="TableOptions.LineageBytes"/>. They stay in memory until <see cref="OnStored"/>,
    /// which is to follow for each.
    /// </summary>
    public IReadOnlyList<TaskSpec> TakeFlushable() => _lineage.Take();

    /// <summary>A spec that was taken lies elsewhere.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="stored">Where; null: it could not be stored, and stays.</param>
    public void OnStored(TaskSpec spec, StoredSpec? stored)
    {
        _rows.TryFind(spec.Id, out TableRow? row);
        _lineage.OnStored(row, spec, stored);
    }

    /// <summary>Where objects are, and how large: for the global scheduler. Unknown ones are left out.</summary>
    public IReadOnlyList<(ObjectId Id, long Size, IReadOnlyList<NodeId> Locations)> Lookup(IReadOnlyList<ObjectId> ids)
    {
        List<(ObjectId, long, IReadOnlyList<NodeId>)> found = [];
        foreach (ObjectId id in ids)
        {
            if (_rows.TryFind(id, out _, out TableObject? item))
            {
                found.Add((id, item.Size, [.. item.Locations]));
            }
        }

        return found;
    }

    private void Apply(NodeId from, Message message, long now)
    {
        switch (message)
        {
            case PublishMessage publish:
                OnPublish(from, publish);
                break;
            case HoldMessage hold:
                OnHold(from, hold, now);
                break;
            case ObjectMessage report:
                OnObject(from, report.Report);
                break;
            case UnlocatedMessage unlocated:
                OnUnlocated(from, unlocated);
                break;
            case SubscribeMessage subscribe:
                OnSubscribe(from, subscribe, now);
                break;
            case FindMessage find:
                OnFind(from, find);
                break;
            case ActorMessage actor:
                OnActor(from, actor);
                break;
            case WishMessage wish:
                if (_rows.TryFind(wish.Ref.Id.Task, out TableRow? wished) && wished.Owner != NodeId.None)
                {
                    _links.Send(wished.Owner, wish);
                }

                break;
            case OrphanMessage orphan:
                OnOrphan(orphan);
                break;
            case JobMessage job:
                _jobs.OnJob(from, job.Report, now);
                break;
            case DisownMessage disown:
                OnDisown(from, disown, now);
                break;
            case DeathMessage death:
                _lastWords.OnKnown(from, death.Node);
                break;
            case RepublishedMessage:
                _republishing.Remove(from);
                _republished.Add(from);
                _unsettled.UnionWith(_rows.All);
                break;
            default:
                throw new InvalidOperationException($"A shard does not take {message.GetType().Name}.");
        }
    }

    private void OnPublish(NodeId from, PublishMessage message)
    {
        TableRow row = _rows.RowOf(message.Task);
        if (message.Epoch < row.Epoch || (message.Epoch == row.Epoch && row.Owner != NodeId.None && row.Owner != from && row.IsPublished))
        {
            return;
        }

        _rows.SetOwner(row, from);
        row.Epoch = message.Epoch;
        _lineage.Set(row, message.Spec);
        row.FirstAttempt = Math.Max(row.FirstAttempt, message.FirstAttempt);
        row.Uncharged = message.Uncharged;
        row.IsEvicted = message.IsEvicted;
        row.IsPublished = true;
        row.IsAdopting = false;
        row.Actor = message.Actor ?? row.Actor;
        foreach (ObjectReport report in message.Objects)
        {
            TableObject item = TableRows.ObjectOf(row, report.Ref);
            _rows.SetHold(row, item, from, report.Level);
            _states.Set(row, item, from, report);
        }

        _states.TellAll(row);
        _unsettled.Add(row);
    }

    private void OnHold(NodeId from, HoldMessage message, long now)
    {
        if (!_rows.TryFind(message.Ref.Id.Task, out TableRow? row))
        {
            if (message.Level == HoldLevel.None && message.Ref.Owner != from)
            {
                return;
            }

            // An owner that holds nothing asks whether others do; it is told to forget if not.
            row = _rows.RowOf(message.Ref.Id.Task);
        }

        if (message.Level == HoldLevel.None)
        {
            _rows.RemoveSeeker(row, from);
            if (message.Ref.Owner != from && !row.Objects.ContainsKey(message.Ref.Id.Index))
            {
                return;
            }
        }

        NameOwner(row, message.Ref.Owner, now);
        _rows.SetHold(row, TableRows.ObjectOf(row, message.Ref), from, message.Level);
        _unsettled.Add(row);
    }

    private void OnObject(NodeId from, ObjectReport report)
    {
        TableRow row = _rows.RowOf(report.Ref.Id.Task);
        if (row.Owner == NodeId.None && _links.IsAlive(report.Ref.Owner))
        {
            _rows.SetOwner(row, report.Ref.Owner);
        }

        TableObject item = TableRows.ObjectOf(row, report.Ref);
        _states.Set(row, item, from, report);
        _states.TellAll(row);
        _unsettled.Add(row);
    }

    private void OnUnlocated(NodeId from, UnlocatedMessage message)
    {
        if (!_rows.TryFind(message.Id, out TableRow? row, out TableObject? item))
        {
            return;
        }

        // Whoever refuses to keep a copy is followed by the next with the tick, and not at once: it may be the only one there is.
        ObjectStates.Answered(item, from);
        if (item.Version == message.Version && _rows.RemoveLocation(row, item, from))
        {
            _unsettled.Add(row);
            _states.Tell(row, item);
        }
    }

    private void OnSubscribe(NodeId from, SubscribeMessage message, long now)
    {
        if (!message.IsOn)
        {
            if (_rows.TryFind(message.Ref.Id, out TableRow? known, out TableObject? left))
            {
                _rows.Unsubscribe(known, left, from);
                _unsettled.Add(known);
            }

            return;
        }

        TableRow row = _rows.RowOf(message.Ref.Id.Task);
        NameOwner(row, message.Ref.Owner, now);
        TableObject item = TableRows.ObjectOf(row, message.Ref);
        _rows.Subscribe(row, item, from);
        _links.Send(from, ObjectStates.Of(row, item));
        _unsettled.Add(row);
    }

    private void OnFind(NodeId from, FindMessage message)
    {
        if (message.Ref.Id.Index != 0)
        {
            throw new InvalidOperationException($"{message.Ref.Id} stands for no actor.");
        }

        TableRow row = _rows.RowOf(message.Ref.Id.Task);
        TableRows.ObjectOf(row, message.Ref);
        _rows.AddSeeker(row, from);
        _unsettled.Add(row);
    }

    private void OnActor(NodeId from, ActorMessage message)
    {
        if (_rows.TryFind(message.Task, out TableRow? row) && row.Owner == from)
        {
            row.Actor = message.Report;
            _states.TellAll(row);
            _unsettled.Add(row);
        }
    }

    private void OnOrphan(OrphanMessage message)
    {
        if (_rows.TryFind(message.Ref.Id.Task, out TableRow? row))
        {
            // Without an owner either somebody takes it over, or the row goes: the node asks again.
            if (row.Owner != NodeId.None)
            {
                _links.Send(row.Owner, message);
            }
        }
        else if (_republishing.Count == 0)
        {
            // A handle that ever left its manager's node has had a row since before.
            _links.Send(message.Host, new StopActorMessage(
                new ActorId(message.Ref.Id.Task), message.Incarnation, Dispose: true, IsFinal: true, "its manager died and no handle is left"));
        }
    }

    private void OnDisown(NodeId from, DisownMessage message, long now)
    {
        if (_rows.TryFind(message.Task, out TableRow? row) && row.Owner == from && row.Epoch == message.Epoch)
        {
            foreach (TableObject item in row.Objects.Values)
            {
                _rows.SetHold(row, item, from, HoldLevel.None);
            }

            _rows.LoseOwner(row, now);
            _unsettled.Add(row);
        }
    }

    /// <summary>A reference names its owner: taken at its word where the table does not know better.</summary>
    private void NameOwner(TableRow row, NodeId owner, long now)
    {
        if (row.Owner != NodeId.None || row.IsPublished || row.Epoch > 0)
        {
            return;
        }

        if (owner != NodeId.None && !_links.IsDead(owner))
        {
            _rows.SetOwner(row, owner);
        }
        else if (row.OwnerlessSince == 0)
        {
            _rows.LoseOwner(row, now);
        }
    }

    private void Bury(TableRow row, NodeId node, long now)
    {
        _rows.RemoveSeeker(row, node);
        foreach (TableObject item in row.Objects.Values)
        {
            if (item.Subscribers.Contains(node))
            {
                _rows.Unsubscribe(row, item, node);
                _unsettled.Add(row);
            }

            if (_rows.SetHold(row, item, node, HoldLevel.None))
            {
                _rows.AddDeadHold(row, item, node, now + _options.DeadHoldTicks);
                _unsettled.Add(row);
            }

            if (_rows.RemoveLocation(row, item, node))
            {
                _unsettled.Add(row);
                _states.Tell(row, item);
            }
        }

        if (row.Owner == node)
        {
            _rows.LoseOwner(row, now);
            _unsettled.Add(row);
        }
    }

    /// <summary>What follows for rows that have changed: taken over, made again, deleted, forgotten.</summary>
    private void SettleRows(long now)
    {
        if (_unsettled.Count == 0 || _republishing.Count > 0)
        {
            // Until every node has told again what it knows, nothing may be concluded from what is not here.
            return;
        }

        foreach (TableRow row in _unsettled.ToList())
        {
            _settler.Settle(row, now);
            _lineage.Note(row);
        }

        _unsettled.Clear();
    }
}
