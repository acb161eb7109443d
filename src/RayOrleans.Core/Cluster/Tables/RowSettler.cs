namespace RayOrleans.Core;

/// <summary>What follows for a row that has changed: it is taken over, made again, deleted, forgotten.</summary>
internal sealed class RowSettler(TableOptions options, TableRows rows, TableLinks links, ObjectStates states, LastWords lastWords)
{
    public void Settle(TableRow row, long now)
    {
        AnswerSeekers(row);
        if (row.Owner == NodeId.None)
        {
            SettleOwnerless(row, now);
            return;
        }

        if (row is { IsAdopting: true, IsAskedNow: false })
        {
            // An earlier activation decided it, and what it sent may be lost. An heir that has the record has told so by now.
            AskToAdopt(row);
        }

        bool isUnheld = !row.IsLasting;
        bool isThin = false;
        foreach (TableObject item in row.Objects.Values)
        {
            isUnheld &= item.IsUnheld && !IsFollowed(row, item);
            if (!item.IsWanted)
            {
                // A small value, and one that is replicated, stands in for the task that made it: it stays while that may have to be made again.
                bool standsIn = (item.Status == ObjectStatus.Available && !row.HasSpec && !item.IsUnheld)
                    || (item is { Status: ObjectStatus.Remote, Locations.Count: > 0, Replicas: not null, IsUnheld: false });
                if (!standsIn && !row.IsLasting)
                {
                    states.DeleteCopies(row, item);
                }
            }
            else if (item is { Status: ObjectStatus.Remote, Locations.Count: 0 } or { Status: ObjectStatus.Deleted })
            {
                item.Status = ObjectStatus.Pending;
                links.Send(row.Owner, new RebuildMessage(item.Ref.Id, item.Version));
                states.Tell(row, item);
            }

            isThin |= states.IsThin(row, item);
        }

        if (isUnheld)
        {
            links.Send(row.Owner, new ForgetMessage(row.Task));
            rows.Remove(row);
        }
        else
        {
            rows.SetThin(row, isThin);
        }
    }

    /// <summary>
    /// Whether another node follows the object, without a hold of its own. One that has let go says so just after; one that has not would be told nothing any more, and wait
    /// for ever.
    /// </summary>
    private static bool IsFollowed(TableRow row, TableObject item)
    {
        foreach (NodeId subscriber in item.Subscribers)
        {
            if (subscriber != row.Owner)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// A name holds nothing, so what it names may have ended. A record was published before it got its name, so one that is not here now is gone.
    /// </summary>
    private void AnswerSeekers(TableRow row)
    {
        if (row.Seekers is null)
        {
            return;
        }

        TableObject item = row.Objects[0];
        foreach (NodeId seeker in row.Seekers.ToList())
        {
            if (row.IsThere)
            {
                rows.SetHold(row, item, seeker, HoldLevel.Value);
                rows.Subscribe(row, item, seeker);
                links.Send(seeker, ObjectStates.Of(row, item));
            }
            else
            {
                ObjectReport gone = item.ToReport() with { Status = ObjectStatus.Deleted, Value = null, Contained = [] };
                links.Send(seeker, new StateMessage(gone, [], row.Owner, row.Actor is { State: ActorState.Dead } dead ? dead : null));
            }

            rows.RemoveSeeker(row, seeker);
        }
    }

    private void SettleOwnerless(TableRow row, long now)
    {
        NodeId heir = HeirOf(row);
        if (heir == NodeId.None && row.IsLasting)
        {
            // Its own node knows most of it; else any will do.
            heir = links.IsAlive(row.Actor!.Host) ? row.Actor.Host : links.First;
        }

        if (heir != NodeId.None)
        {
            rows.SetOwner(row, heir);
            row.Epoch++;
            row.IsAdopting = true;

            // From a base of its own, and on from what is known of the attempts before: so each counts once.
            row.FirstAttempt = Math.Max(row.FirstAttempt, (row.Epoch * TableRow.AttemptsPerOwner) + Attempt.OrdinalOf(row.FirstAttempt));
            AskToAdopt(row);
            return;
        }

        bool isUnheld = !row.IsLasting && row.Objects.Values.All(o => o.IsUnheld);
        if (isUnheld && !lastWords.AreAwaited && now - row.OwnerlessSince >= options.DeadHoldTicks)
        {
            foreach (TableObject item in row.Objects.Values)
            {
                states.DeleteCopies(row, item);
                foreach (NodeId subscriber in item.Subscribers)
                {
                    item.Status = ObjectStatus.Deleted;
                    item.IsGone = true;
                    links.Send(subscriber, ObjectStates.Of(row, item));
                }
            }

            if (row.Actor is { State: not ActorState.Dead } actor && links.IsAlive(actor.Host))
            {
                links.Send(actor.Host, new StopActorMessage(new ActorId(row.Task), actor.Incarnation, Dispose: true, IsFinal: true, "its manager died and no handle is left"));
            }

            rows.Remove(row);
        }
    }

    private void AskToAdopt(TableRow row)
    {
        row.IsAskedNow = true;
        links.Send(row.Owner, new AdoptMessage(
            row.Task, row.Spec ?? row.Stored?.Read(), row.Epoch, row.FirstAttempt, [.. row.Objects.Values.OrderBy(o => o.Ref.Id.Index).Select(o => o.ToReport())], row.Actor)
        {
            Uncharged = row.Uncharged,
            IsEvicted = row.IsEvicted,
        });
    }

    private NodeId HeirOf(TableRow row)
    {
        NodeId heir = NodeId.None;
        HoldLevel best = HoldLevel.None;
        foreach (TableObject item in row.Objects.Values)
        {
            foreach (KeyValuePair<NodeId, HoldLevel> holder in item.Holders)
            {
                if (links.IsAlive(holder.Key) && (holder.Value > best || (holder.Value == best && holder.Key.Value < heir.Value)))
                {
                    heir = holder.Key;
                    best = holder.Value;
                }
            }
        }

        return heir;
    }
}
