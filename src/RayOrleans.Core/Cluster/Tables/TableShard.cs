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
    private readonly Dictionary<TaskId, TableRow> _rows = [];
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
    }

    /// <summary>The number of this activation.</summary>
    public long Epoch => _links.Epoch;

    /// <summary>Its number.</summary>
    public int Index => _index;

    /// <summary>Tasks and puts it knows.</summary>
    public int TaskCount => _rows.Count;

    /// <summary>Objects it knows.</summary>
    public int ObjectCount => _rows.Values.Sum(r => r.Objects.Count);

    /// <summary>Nodes' holds it knows, those of dead nodes included.</summary>
    public int HolderCount => _rows.Values.Sum(r => r.Objects.Values.Sum(o => o.Holders.Count + o.DeadHolds.Count));

    /// <summary>Everything it knows, in an order of its own; what waits to be sent is not part of it.</summary>
    public TableSnapshot Snapshot()
    {
        (List<NodeId> dead, List<KeyValuePair<NodeId, long>> received, List<NodeId> alive) = _links.Snapshot();
        return new TableSnapshot(
            Epoch, dead, alive, [.. _republishing.OrderBy(n => n.Value)], received,
            [.. _rows.Values.OrderBy(r => r.Task.High).ThenBy(r => r.Task.Low).Select(r => TableSnapshots.Of(r, _unsettled.Contains(r)))]);
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
        foreach (TableRowSnapshot row in snapshot.Rows)
        {
            TableRow restored = TableSnapshots.ToRow(row);
            shard._rows.Add(row.Task, restored);
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
            if (_links.Joined(node) && !_republished.Contains(node))
            {
                _republishing.Add(node);
                _links.Send(node, new RepublishedMessage());
            }

            return;
        }

        if (!_links.Died(node))
        {
            return;
        }

        _republishing.Remove(node);
        _republished.Remove(node);
        foreach (TableRow row in _rows.Values)
        {
            Bury(row, node, now);
        }

        SettleRows(now);
    }

    /// <summary>Lets the time pass: dead nodes' holds stop counting, rows without an owner give up waiting.</summary>
    public void Tick(long now)
    {
        foreach (TableRow row in _rows.Values)
        {
            foreach (TableObject item in row.Objects.Values)
            {
                foreach (NodeId node in item.DeadHolds.Where(d => d.Value <= now).Select(d => d.Key).ToList())
                {
                    item.DeadHolds.Remove(node);
                    _unsettled.Add(row);
                }
            }

            if (row.Owner == NodeId.None)
            {
                _unsettled.Add(row);
            }
        }

        SettleRows(now);
    }

    /// <summary>Where objects are, and how large: for the global scheduler. Unknown ones are left out.</summary>
    public IReadOnlyList<(ObjectId Id, long Size, IReadOnlyList<NodeId> Locations)> Lookup(IReadOnlyList<ObjectId> ids)
    {
        List<(ObjectId, long, IReadOnlyList<NodeId>)> found = [];
        foreach (ObjectId id in ids)
        {
            if (_rows.TryGetValue(id.Task, out TableRow? row) && row.Objects.TryGetValue(id.Index, out TableObject? item))
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
                if (_rows.TryGetValue(wish.Ref.Id.Task, out TableRow? wished) && wished.Owner != NodeId.None)
                {
                    _links.Send(wished.Owner, wish);
                }

                break;
            case OrphanMessage orphan:
                OnOrphan(orphan);
                break;
            case DisownMessage disown:
                OnDisown(from, disown, now);
                break;
            case RepublishedMessage:
                _republishing.Remove(from);
                _republished.Add(from);
                _unsettled.UnionWith(_rows.Values);
                break;
            default:
                throw new InvalidOperationException($"A shard does not take {message.GetType().Name}.");
        }
    }

    private void OnPublish(NodeId from, PublishMessage message)
    {
        TableRow row = RowOf(message.Task);
        if (message.Epoch < row.Epoch || (message.Epoch == row.Epoch && row.Owner != NodeId.None && row.Owner != from && row.IsPublished))
        {
            return;
        }

        row.Owner = from;
        row.Epoch = message.Epoch;
        row.Spec = message.Spec;
        row.FirstAttempt = Math.Max(row.FirstAttempt, message.FirstAttempt);
        row.IsPublished = true;
        row.IsAdopting = false;
        row.Actor = message.Actor ?? row.Actor;
        foreach (ObjectReport report in message.Objects)
        {
            TableObject item = ObjectOf(row, report.Ref);
            SetHold(item, from, report.Level);
            SetState(row, item, from, report, isOwner: true);
        }

        TellAll(row);
        _unsettled.Add(row);
    }

    private void OnHold(NodeId from, HoldMessage message, long now)
    {
        if (!_rows.TryGetValue(message.Ref.Id.Task, out TableRow? row))
        {
            if (message.Level == HoldLevel.None && message.Ref.Owner != from)
            {
                return;
            }

            // An owner that holds nothing asks whether others do; it is told to forget if not.
            row = RowOf(message.Ref.Id.Task);
        }

        if (message.Level == HoldLevel.None)
        {
            row.Seekers.Remove(from);
            if (message.Ref.Owner != from && !row.Objects.ContainsKey(message.Ref.Id.Index))
            {
                return;
            }
        }

        NameOwner(row, message.Ref.Owner, now);
        SetHold(ObjectOf(row, message.Ref), from, message.Level);
        _unsettled.Add(row);
    }

    private void OnObject(NodeId from, ObjectReport report)
    {
        TableRow row = RowOf(report.Ref.Id.Task);
        if (row.Owner == NodeId.None && _links.IsAlive(report.Ref.Owner))
        {
            row.Owner = report.Ref.Owner;
        }

        TableObject item = ObjectOf(row, report.Ref);
        SetState(row, item, from, report, isOwner: row.Owner == from);
        TellAll(row);
        _unsettled.Add(row);
    }

    private void OnUnlocated(NodeId from, UnlocatedMessage message)
    {
        if (_rows.TryGetValue(message.Id.Task, out TableRow? row) && row.Objects.TryGetValue(message.Id.Index, out TableObject? item)
            && item.Version == message.Version && item.Locations.Remove(from))
        {
            _unsettled.Add(row);
            Tell(row, item);
        }
    }

    private void OnSubscribe(NodeId from, SubscribeMessage message, long now)
    {
        if (!message.IsOn)
        {
            if (_rows.TryGetValue(message.Ref.Id.Task, out TableRow? known) && known.Objects.TryGetValue(message.Ref.Id.Index, out TableObject? left))
            {
                left.Subscribers.Remove(from);
                _unsettled.Add(known);
            }

            return;
        }

        TableRow row = RowOf(message.Ref.Id.Task);
        NameOwner(row, message.Ref.Owner, now);
        TableObject item = ObjectOf(row, message.Ref);
        item.Subscribers.Add(from);
        _links.Send(from, StateOf(row, item));
        _unsettled.Add(row);
    }

    private void OnFind(NodeId from, FindMessage message)
    {
        if (message.Ref.Id.Index != 0)
        {
            throw new InvalidOperationException($"{message.Ref.Id} stands for no actor.");
        }

        TableRow row = RowOf(message.Ref.Id.Task);
        ObjectOf(row, message.Ref);
        row.Seekers.Add(from);
        _unsettled.Add(row);
    }

    private void OnActor(NodeId from, ActorMessage message)
    {
        if (_rows.TryGetValue(message.Task, out TableRow? row) && row.Owner == from)
        {
            row.Actor = message.Report;
            TellAll(row);
            _unsettled.Add(row);
        }
    }

    private void OnOrphan(OrphanMessage message)
    {
        if (_rows.TryGetValue(message.Ref.Id.Task, out TableRow? row))
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
        if (_rows.TryGetValue(message.Task, out TableRow? row) && row.Owner == from && row.Epoch == message.Epoch)
        {
            foreach (TableObject item in row.Objects.Values)
            {
                item.Holders.Remove(from);
            }

            LoseOwner(row, now);
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
            row.Owner = owner;
        }
        else if (row.OwnerlessSince == 0)
        {
            LoseOwner(row, now);
        }
    }

    private static void SetHold(TableObject item, NodeId node, HoldLevel level)
    {
        if (level == HoldLevel.None)
        {
            item.Holders.Remove(node);
        }
        else
        {
            item.Holders[node] = level;
        }
    }

    private void SetState(TableRow row, TableObject item, NodeId from, ObjectReport report, bool isOwner)
    {
        bool isStatus = report.Status is ObjectStatus.Available or ObjectStatus.Failed;
        if (isStatus && isOwner)
        {
            item.Status = report.Status;
            item.Version = report.Version;
            item.Size = report.Size;
            item.Value = report.Value;
            item.Contained = report.Contained;
        }
        else if (report.Status == ObjectStatus.Remote)
        {
            // What an earlier owner's attempt made counts if it was here when the record was handed over; else the next owner makes its own.
            bool isUnmade = item.Status is ObjectStatus.Pending or ObjectStatus.Deleted;
            if (report.Version < item.Version || (!isOwner && isUnmade && IsOfEarlierOwner(row, report.Version)))
            {
                if (report.IsHere)
                {
                    _links.Send(from, new DiscardMessage(item.Ref.Id, report.Version));
                }

                return;
            }

            // The same version of a deleted one is a copy that the deletion has not reached.
            bool isMadeAgain = item.Status == ObjectStatus.Deleted && report.Version > item.Version;
            if (item.Status is ObjectStatus.Pending or ObjectStatus.Remote || isMadeAgain || isOwner)
            {
                if (report.Version > item.Version)
                {
                    DiscardCopies(item);
                }

                item.Status = ObjectStatus.Remote;
                item.Version = report.Version;
                item.Size = report.Size;
                item.Value = null;
                item.Contained = report.Contained;
            }

            if (report.IsHere && item.Version != report.Version)
            {
                _links.Send(from, new DiscardMessage(item.Ref.Id, report.Version));
            }
            else if (report.IsHere && !item.Locations.Contains(from))
            {
                item.Locations.Add(from);
            }
        }
        else if (isOwner && report.Status == ObjectStatus.Pending && item.Status is ObjectStatus.Available or ObjectStatus.Failed or ObjectStatus.Deleted)
        {
            // It is being made again.
            item.Status = ObjectStatus.Pending;
            item.Value = null;
        }
        else if (isOwner && report.Status == ObjectStatus.Pending && item.Status == ObjectStatus.Remote && IsOfEarlierOwner(row, item.Version))
        {
            DiscardCopies(item);
            item.Status = ObjectStatus.Pending;
        }
        else if (isOwner && report.Status == ObjectStatus.Deleted && item.Status == ObjectStatus.Pending)
        {
            // Nobody makes it; whoever wants it has it made.
            item.Status = ObjectStatus.Deleted;
        }

        row.FirstAttempt = Math.Max(row.FirstAttempt, report.Version + 1);
    }

    private static bool IsOfEarlierOwner(TableRow row, int version) => version < row.Epoch * AttemptsPerOwner;

    /// <summary>Another version counts: the copies of this one go.</summary>
    private void DiscardCopies(TableObject item)
    {
        foreach (NodeId node in item.Locations)
        {
            _links.Send(node, new DiscardMessage(item.Ref.Id, item.Version));
        }

        item.Locations.Clear();
    }

    private void Bury(TableRow row, NodeId node, long now)
    {
        row.Seekers.Remove(node);
        foreach (TableObject item in row.Objects.Values)
        {
            item.Subscribers.Remove(node);
            if (item.Holders.Remove(node))
            {
                item.DeadHolds[node] = now + _options.DeadHoldTicks;
                _unsettled.Add(row);
            }

            if (item.Locations.Remove(node))
            {
                _unsettled.Add(row);
                Tell(row, item);
            }
        }

        if (row.Owner == node)
        {
            LoseOwner(row, now);
            _unsettled.Add(row);
        }
    }

    private void LoseOwner(TableRow row, long now)
    {
        row.Owner = NodeId.None;
        row.IsAdopting = false;
        row.OwnerlessSince = now;
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
            Settle(row, now);
        }

        _unsettled.Clear();
    }

    private void Settle(TableRow row, long now)
    {
        AnswerSeekers(row);
        if (row.Owner == NodeId.None)
        {
            SettleOwnerless(row, now);
            return;
        }

        bool isUnheld = !row.IsLasting;
        foreach (TableObject item in row.Objects.Values)
        {
            isUnheld &= item.IsUnheld;
            if (!item.IsWanted)
            {
                // A small value stands in for the task that made it: it stays while that may have to be made again.
                bool standsIn = item.Status == ObjectStatus.Available && row.Spec is null && !item.IsUnheld;
                if (!standsIn && !row.IsLasting)
                {
                    DeleteCopies(item);
                }
            }
            else if (item is { Status: ObjectStatus.Remote, Locations.Count: 0 } or { Status: ObjectStatus.Deleted })
            {
                item.Status = ObjectStatus.Pending;
                _links.Send(row.Owner, new RebuildMessage(item.Ref.Id, item.Version));
                Tell(row, item);
            }
        }

        if (isUnheld)
        {
            _links.Send(row.Owner, new ForgetMessage(row.Task));
            _rows.Remove(row.Task);
        }
    }

    /// <summary>
    /// A name holds nothing, so what it names may have ended. A record was published before it got its name, so one that is not here now is gone.
    /// </summary>
    private void AnswerSeekers(TableRow row)
    {
        if (row.Seekers.Count == 0)
        {
            return;
        }

        TableObject item = row.Objects[0];
        foreach (NodeId seeker in row.Seekers)
        {
            if (row.IsThere)
            {
                SetHold(item, seeker, HoldLevel.Value);
                item.Subscribers.Add(seeker);
                _links.Send(seeker, StateOf(row, item));
            }
            else
            {
                ObjectReport gone = item.ToReport() with { Status = ObjectStatus.Deleted, Value = null, Contained = [] };
                _links.Send(seeker, new StateMessage(gone, [], row.Owner, row.Actor is { State: ActorState.Dead } dead ? dead : null));
            }
        }

        row.Seekers.Clear();
    }

    private void SettleOwnerless(TableRow row, long now)
    {
        NodeId heir = HeirOf(row);
        if (heir == NodeId.None && row.IsLasting)
        {
            // Its own node knows most of it; else any will do.
            heir = _links.IsAlive(row.Actor!.Host) ? row.Actor.Host : _links.First;
        }

        if (heir != NodeId.None)
        {
            row.Owner = heir;
            row.Epoch++;
            row.IsAdopting = true;
            row.FirstAttempt = Math.Max(row.FirstAttempt, row.Epoch * AttemptsPerOwner);
            _links.Send(heir, new AdoptMessage(
                row.Task, row.Spec, row.Epoch, row.FirstAttempt, [.. row.Objects.Values.OrderBy(o => o.Ref.Id.Index).Select(o => o.ToReport())], row.Actor));
            return;
        }

        bool isUnheld = !row.IsLasting && row.Objects.Values.All(o => o.IsUnheld);
        if (isUnheld && now - row.OwnerlessSince >= _options.DeadHoldTicks)
        {
            foreach (TableObject item in row.Objects.Values)
            {
                DeleteCopies(item);
                foreach (NodeId subscriber in item.Subscribers)
                {
                    item.Status = ObjectStatus.Deleted;
                    item.IsGone = true;
                    _links.Send(subscriber, StateOf(row, item));
                }
            }

            if (row.Actor is { State: not ActorState.Dead } actor && _links.IsAlive(actor.Host))
            {
                _links.Send(actor.Host, new StopActorMessage(new ActorId(row.Task), actor.Incarnation, Dispose: true, IsFinal: true, "its manager died and no handle is left"));
            }

            _rows.Remove(row.Task);
        }
    }

    /// <summary>An owner numbers its attempts from a base of its own, so that no two owners ever use the same number.</summary>
    private const int AttemptsPerOwner = 1 << 16;

    private NodeId HeirOf(TableRow row)
    {
        NodeId heir = NodeId.None;
        HoldLevel best = HoldLevel.None;
        foreach (TableObject item in row.Objects.Values)
        {
            foreach (KeyValuePair<NodeId, HoldLevel> holder in item.Holders)
            {
                if (_links.IsAlive(holder.Key) && (holder.Value > best || (holder.Value == best && holder.Key.Value < heir.Value)))
                {
                    heir = holder.Key;
                    best = holder.Value;
                }
            }
        }

        return heir;
    }

    private void DeleteCopies(TableObject item)
    {
        foreach (NodeId node in item.Locations)
        {
            _links.Send(node, new DeleteMessage(item.Ref.Id));
        }

        item.Locations.Clear();
        if (item.Status is ObjectStatus.Remote or ObjectStatus.Available)
        {
            item.Status = ObjectStatus.Deleted;
            item.Value = null;
            item.Contained = [];
        }
    }

    private void TellAll(TableRow row)
    {
        foreach (TableObject item in row.Objects.Values)
        {
            Tell(row, item);
        }
    }

    private void Tell(TableRow row, TableObject item)
    {
        if (item.Subscribers.Count == 0 && (row.Owner == NodeId.None || item.Locations.Count == 0))
        {
            return;
        }

        StateMessage state = StateOf(row, item);
        foreach (NodeId subscriber in item.Subscribers)
        {
            _links.Send(subscriber, state);
        }

        if (row.Owner != NodeId.None && !item.Subscribers.Contains(row.Owner))
        {
            _links.Send(row.Owner, state);
        }
    }

    private static StateMessage StateOf(TableRow row, TableObject item) => new(item.ToStatus(), [.. item.Locations], row.Owner, row.Actor);

    private TableRow RowOf(TaskId task)
    {
        if (!_rows.TryGetValue(task, out TableRow? row))
        {
            row = new TableRow(task);
            _rows.Add(task, row);
        }

        return row;
    }

    private static TableObject ObjectOf(TableRow row, RemoteRef reference)
    {
        if (!row.Objects.TryGetValue(reference.Id.Index, out TableObject? item))
        {
            item = new TableObject(reference);
            row.Objects.Add(reference.Id.Index, item);
        }
        else if (item.Ref.Actor is null && reference.Actor is not null)
        {
            item.Ref = reference;
        }

        return item;
    }
}
