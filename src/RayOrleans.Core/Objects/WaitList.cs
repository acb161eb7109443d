namespace RayOrleans.Core;

/// <summary>The lists of those who wait for an object, newest first (<see cref="Edge"/>).</summary>
internal static class WaitList
{
    /// <summary>Registers the watcher with an unsettled entry.</summary>
    public static void Add(ObjectEntry entry, Watcher watcher) => AddEdge(entry, watcher);

    /// <summary>Registers the task with an unsettled entry.</summary>
    public static void Add(ObjectEntry entry, TaskRecord task)
    {
        Edge edge = AddEdge(entry, task);
        edge.NextOfTask = task.Edges;
        task.Edges = edge;
    }

    /// <summary>Takes a watcher off an entry's list.</summary>
    public static void Remove(ObjectEntry entry, Watcher watcher)
    {
        for (Edge? edge = entry.Watchers; edge is not null; edge = edge.Next)
        {
            if (ReferenceEquals(edge.Target, watcher))
            {
                Remove(edge);
                return;
            }
        }
    }

    /// <summary>Takes a task off the lists of all its inputs.</summary>
    public static void Remove(TaskRecord task)
    {
        for (Edge? edge = task.Edges; edge is not null; edge = edge.NextOfTask)
        {
            if (edge.Entry is not null)
            {
                Remove(edge);
            }
        }

        task.Edges = null;
    }

    /// <summary>Takes an edge off its list.</summary>
    public static void Remove(Edge edge)
    {
        if (edge.Previous is null)
        {
            edge.Entry!.Watchers = edge.Next;
        }
        else
        {
            edge.Previous.Next = edge.Next;
        }

        if (edge.Next is not null)
        {
            edge.Next.Previous = edge.Previous;
        }

        edge.Entry = null;
    }

    /// <summary>The most pressing reason why the value is waited for here; null: nobody waits for it.</summary>
    public static FetchReason? ReasonOf(ObjectEntry entry)
    {
        FetchReason? reason = null;
        for (Edge? edge = entry.Watchers; edge is not null; edge = edge.Next)
        {
            switch (edge.Target)
            {
                case Watcher { IsDone: false, ExistsOnly: false, IsChoice: false }:
                    return FetchReason.Get;
                case Watcher { IsDone: false, ExistsOnly: false }:
                    reason = FetchReason.Wait;
                    break;
                case TaskRecord { NeedsLocal: true }:
                    reason ??= FetchReason.Argument;
                    break;
                default:
                    break;
            }
        }

        return reason;
    }

    /// <summary>Whether somebody waits for the value to be here.</summary>
    public static bool IsWaitedFor(ObjectEntry entry)
    {
        for (Edge? edge = entry.Watchers; edge is not null; edge = edge.Next)
        {
            if (edge.Target is TaskRecord { NeedsLocal: true } or Watcher { IsDone: false, ExistsOnly: false })
            {
                return true;
            }
        }

        return false;
    }

    private static Edge AddEdge(ObjectEntry entry, object target)
    {
        // Watchers that fired for another of their objects leave their edges behind; whoever comes next clears them away.
        while (entry.Watchers is { Target: Watcher { IsDone: true } } done)
        {
            Remove(done);
        }

        Edge edge = new(target, entry) { Next = entry.Watchers };
        if (edge.Next is not null)
        {
            edge.Next.Previous = edge;
        }

        entry.Watchers = edge;
        return edge;
    }
}
