namespace RayOrleans.Core;

/// <summary>Who waits for objects from outside the engine; what they wait for is asked for where it is.</summary>
internal sealed class Watches(ClusterMachine? cluster, ProcessMachine? process)
{
    /// <summary>
    /// Registers a watcher with those of the entries that have not settled. It fires once <paramref name="needed"/> of all the entries
    /// have settled, or at a failure where it asks for that.
    /// </summary>
    /// <returns>False when that is so already: the watcher is not registered and never fires.</returns>
    public bool Watch(Watcher watcher, ReadOnlySpan<ObjectEntry> entries, int needed)
    {
        int settled = 0;
        foreach (ObjectEntry entry in entries)
        {
            if (entry.IsSettled || (watcher.ExistsOnly && entry.Status != ObjectStatus.Pending))
            {
                settled++;
                if (watcher.FailFast && entry.Status == ObjectStatus.Failed)
                {
                    return false;
                }
            }
        }

        if (settled >= needed)
        {
            return false;
        }

        watcher.Remaining = needed - settled;
        foreach (ObjectEntry entry in entries)
        {
            if (!entry.IsSettled && !(watcher.ExistsOnly && entry.Status != ObjectStatus.Pending))
            {
                WaitList.Add(entry, watcher);
                cluster?.Need(entry);
                process?.Need(entry, watcher.ExistsOnly);
                if (watcher.IsDone)
                {
                    // It can never be here.
                    return true;
                }
            }
        }

        return true;
    }

    /// <summary>Gives a watcher up; it does not fire afterwards, unless its effect was taken before.</summary>
    /// <returns>False when it had fired.</returns>
    public static bool Unwatch(Watcher watcher, ReadOnlySpan<ObjectEntry> entries)
    {
        bool pending = !watcher.IsDone;
        watcher.IsDone = true;
        foreach (ObjectEntry entry in entries)
        {
            if (!entry.IsSettled)
            {
                WaitList.Remove(entry, watcher);
            }
        }

        return pending;
    }
}
