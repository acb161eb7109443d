namespace RayOrleans.Core;

/// <summary>What the table says about objects: their state and where their values are.</summary>
internal sealed class StateReceiver(
    ClusterOptions options, ObjectTable objects, SharedTable shared, ObjectFetches fetches, Replicas replicas, RemoteActors actors, NamedHandles named)
{
    /// <summary>The table tells a holder of an object's state, or its owner of where its values are.</summary>
    public void OnState(StateMessage message)
    {
        if (shared.Find(message.Report.Ref.Id) is not { Shared: { } state } entry)
        {
            return;
        }

        if (message.Actor is { } actor)
        {
            actors.OnReport(entry, actor);
        }
        else if (message.Report.Status is ObjectStatus.Failed or ObjectStatus.Deleted && !shared.IsOwned(state))
        {
            actors.OnGone(entry, message.Report.Value as Failure);
        }

        named.OnAnswer(state);

        if (shared.IsOwned(state))
        {
            fetches.OnLocations(entry, state, message);
            replicas.OnState(state, message.Report.Replication);
            return;
        }

        state.Owner = message.Owner == NodeId.None || message.Owner == options.Self ? state.Owner : message.Owner;
        if (entry.Status == ObjectStatus.Pending && SharedTable.LevelOf(entry) != HoldLevel.Value)
        {
            // Nobody here wants it any more.
            state.HasDropped = true;
            shared.Evaluate(entry);
            return;
        }

        ObjectReport report = message.Report;
        switch (report.Status)
        {
            case ObjectStatus.Available when !entry.IsSettled:
                SetInline(entry, report);
                break;
            case ObjectStatus.Remote when !entry.IsSettled:
                state.RemoteContained = report.Contained;
                if (entry.Status == ObjectStatus.Remote && entry.Version != report.Version)
                {
                    shared.DropValue(entry, ObjectStatus.Pending);
                }

                state.Locations = message.Locations;
                if (entry.Status == ObjectStatus.Pending)
                {
                    objects.SetRemote(entry, report.Size, null, report.Version);
                }

                fetches.TryFetch(entry, state);
                break;
            case ObjectStatus.Pending when entry.Status == ObjectStatus.Remote:
                state.Locations = [];
                shared.DropValue(entry, ObjectStatus.Pending);
                break;
            case ObjectStatus.Failed or ObjectStatus.Deleted when !entry.IsSettled || entry.Status == ObjectStatus.Available:
                if (entry.Status != ObjectStatus.Pending)
                {
                    shared.DropValue(entry, ObjectStatus.Pending);
                    state.HasCopy = state.IsPrimary = false;
                }

                objects.SetFailure(entry, report.Value as Failure ?? SharedTable.LostForGood(entry, "nobody held it any more"));
                break;
            default:
                break;
        }

        shared.Evaluate(entry);
    }

    private void SetInline(ObjectEntry entry, ObjectReport report)
    {
        ObjectEntry[]? contained = null;
        if (report.Contained.Count > 0)
        {
            contained = [.. report.Contained.Select(shared.FindOrCreate)];
            SharedTable.Cover(contained);
        }

        if (entry.Status == ObjectStatus.Remote)
        {
            shared.DropValue(entry, ObjectStatus.Pending);
        }

        object? value = report.Ref.PartCount > 0 ? options.MakeTuple(contained!) : report.Value;
        objects.SetValue(entry, value, report.Size, contained, report.Version);
    }
}
