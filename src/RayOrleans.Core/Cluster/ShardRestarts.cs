namespace RayOrleans.Core;

/// <summary>A shard that has started anew is told again what this node owns there, holds, has copies of and asks about.</summary>
internal sealed class ShardRestarts(ClusterLinks links, SharedTable shared, Publications publications, JobTable jobs, Outbox outbox)
{
    public void Restart(Link link, long epoch)
    {
        List<Message> lost = link.Restart(epoch);
        RepublishedMessage done = new();
        List<Barrier> waiting = [.. lost.Select(links.TakeBarrier).OfType<Barrier>()];
        foreach (ObjectEntry entry in shared.All.Where(e => links.ShardOf(e.TaskId) == link.To.Shard).ToList())
        {
            SharedState state = entry.Shared!;
            bool wasReporting = state.ReportsInFlight > 0;
            state.ReportsLost();
            Tell(link.To, entry, state);
            if (wasReporting && state.ReportsInFlight == 0)
            {
                state.ReportSent();
                waiting.Add(new Barrier(links.Released, () => shared.OnReported(entry.Id)));
            }
        }

        jobs.TellAgain(link);
        foreach (Message wish in lost.Where(m => m is WishMessage))
        {
            links.Send(link.To, wish);
        }

        if (waiting.Count > 0)
        {
            Barrier all = new(links.Released, () => waiting.ForEach(b => b.Done()));
            links.SendToShard(link.To, done, all);
            all.Done();
        }
        else
        {
            links.Send(link.To, done);
        }

        outbox.Add(EffectKind.ShardRestarted, link);
    }

    /// <summary>Tells a shard that does not know it what there is to know about an object.</summary>
    public void Tell(Party shard, ObjectEntry entry, SharedState state)
    {
        if (shared.IsOwned(state))
        {
            if (ReferenceEquals(SharedTable.HeadOf(entry), entry) && state.IsPublished)
            {
                publications.Publish(entry);
                return;
            }

            if (SharedTable.HeadOf(entry).Shared is { IsPublished: true })
            {
                return;
            }
        }

        if (state.Seekers is not null)
        {
            state.ReportSent();
            links.Send(shard, new FindMessage(shared.RefOf(entry)));
            return;
        }

        if (state.Reported != HoldLevel.None || shared.IsOwned(state))
        {
            state.ReportSent();
            links.Send(shard, new HoldMessage(shared.RefOf(entry), state.Reported));
        }

        // An owner also says that there was a copy elsewhere, or a value that nobody wanted: only then does the shard know that it must be made again.
        bool isHere = state.HasCopy && entry.Status == ObjectStatus.Available;
        bool isUnmade = shared.IsOwned(state) && SharedTable.IsUnmade(entry);
        if (isHere || isUnmade || (shared.IsOwned(state) && entry.Status == ObjectStatus.Remote))
        {
            links.Send(shard, new ObjectMessage(new ObjectReport(
                shared.RefOf(entry), isUnmade ? ObjectStatus.Deleted : ObjectStatus.Remote, entry.Version, entry.Size, null, shared.RefsOf(entry.Contained), isHere, HoldLevel.None)
            {
                Replication = isHere ? Replicas.OfCopy(state) : Replication.None,
            }));
        }

        if (state.IsSubscribed)
        {
            links.Send(shard, new SubscribeMessage(shared.RefOf(entry), IsOn: true));
        }
    }
}
