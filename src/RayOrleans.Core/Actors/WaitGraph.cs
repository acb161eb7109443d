namespace RayOrleans.Core;

/// <summary>
/// Who waits for whom: attempts for objects, calls for the method they queue behind, tasks for their inputs. Exact as far as waits are
/// noted: a wait with a time limit, or one beside the runtime, is none here, so nothing is called a deadlock that could still end.
/// </summary>
internal static class WaitGraph
{
    /// <summary>Finds what keeps a blocking wait from ever ending.</summary>
    /// <param name="waiter">The attempt that is about to block.</param>
    /// <param name="entries">What it would wait for.</param>
    /// <param name="needed">How many of them must settle.</param>
    /// <param name="holdsTurn">Whether it blocks the turn of its asynchronous actor, and with it every other call.</param>
    /// <returns>An object that can only come once the waiter has gone on; null where the wait may end.</returns>
    public static ObjectEntry? FindDeadlock(Attempt waiter, ReadOnlySpan<ObjectEntry> entries, int needed, bool holdsTurn)
    {
        int spare = entries.Length - needed;
        foreach (ObjectEntry entry in entries)
        {
            if (!entry.IsSettled && NeverEnds(waiter, entry, holdsTurn) && --spare < 0)
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>Notes what a blocked attempt waits for without bound, so that others see when they would wait for it in vain.</summary>
    public static void NoteBlocked(Attempt attempt, ObjectEntry[] entries, bool holdsTurn)
    {
        attempt.BlockedOn = entries;
        if (holdsTurn && attempt.Task.Actor is { } actor && attempt.Incarnation == actor.Incarnation)
        {
            actor.TurnBlocker = attempt;
        }
    }

    /// <summary>The wait noted by <see cref="NoteBlocked"/> is over.</summary>
    public static void NoteResumed(Attempt attempt)
    {
        attempt.BlockedOn = null;
        if (attempt.Task.Actor is { } actor && actor.TurnBlocker == attempt)
        {
            actor.TurnBlocker = null;
        }
    }

    /// <summary>Whether the object could only come once the waiter has gone on.</summary>
    public static bool NeverEnds(Attempt waiter, ObjectEntry entry, bool holdsTurn) =>
        entry.Producer is { } producer && !Progresses(producer) && new Search(waiter, holdsTurn).Needs(entry);

    /// <summary>The common case, decided without a search.</summary>
    private static bool Progresses(TaskRecord task) =>
        task.IsTerminal || (task.Kind != TaskKind.ActorCall && (task.State == TaskState.Ready || task.Current is { BlockedOn: null }));

    private readonly struct Search(Attempt waiter, bool holdsTurn)
    {
        private readonly HashSet<object> _seen = [];

        public bool Needs(ObjectEntry entry)
        {
            if (entry.IsSettled || entry.Producer is not { } producer || !_seen.Add(producer))
            {
                return false;
            }

            return producer.Kind == TaskKind.ActorCall ? NeedsCall(producer) : NeedsTask(producer);
        }

        private bool NeedsTask(TaskRecord task) => task.State switch
        {
            TaskState.Running => NeedsAttempt(task.Current!),
            TaskState.Waiting => NeedsInputs(task),
            _ => false,
        };

        private bool NeedsCall(TaskRecord call)
        {
            ActorRecord actor = call.Actor!;
            if (call.State == TaskState.Running && NeedsAttempt(call.Current!))
            {
                return true;
            }

            // A turn that is blocked keeps every call of the actor from going on, those that have started too.
            if (actor.Options.TakesTurns)
            {
                bool isOwn = holdsTurn && waiter.Task.Actor == actor && waiter.Incarnation == actor.Incarnation;
                return isOwn || (actor.TurnBlocker is { } blocker && NeedsAttempt(blocker))
                    || (call.State == TaskState.Waiting && NeedsInputs(call));
            }

            return call.State switch
            {
                TaskState.Waiting => NeedsInputs(call),
                TaskState.Ready => actor.Lanes[call.Lane].Sole is { } occupant && NeedsAttempt(occupant),
                _ => false,
            };
        }

        private bool NeedsInputs(TaskRecord task)
        {
            for (int i = 0; task.Inputs is { } inputs && i < task.DependencyCount; i++)
            {
                if (Needs(inputs[i]))
                {
                    return true;
                }
            }

            return false;
        }

        private bool NeedsAttempt(Attempt attempt)
        {
            if (attempt == waiter)
            {
                return true;
            }

            if (attempt.BlockedOn is not { } entries || !_seen.Add(attempt))
            {
                return false;
            }

            foreach (ObjectEntry entry in entries)
            {
                if (Needs(entry))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
