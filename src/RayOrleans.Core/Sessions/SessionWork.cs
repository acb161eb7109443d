namespace RayOrleans.Core;

/// <summary>What a process does: what is lost with it, and who may have filled its memory.</summary>
/// <param name="Units">Tasks that have begun there, and actors that live there or are being constructed; calls belong to their actors.</param>
/// <param name="MayRunAgain">Whether all of it may be repeated; true of a process that does nothing.</param>
/// <param name="Names">What it runs and hosts, for messages.</param>
/// <param name="Callers">Who has submitted its tasks that are still wanted, one entry for each of these.</param>
public sealed record SessionWork(int Units, bool MayRunAgain, IReadOnlyList<string> Names, IReadOnlyList<TaskId> Callers)
{
    /// <summary>What a process does now. Under the engine's lock.</summary>
    public static SessionWork Of(NodeSession session)
    {
        int units = 0;
        bool mayRunAgain = true;
        List<string> names = [];
        List<TaskId> callers = [];
        foreach (Attempt attempt in session.Running.Values.Where(static a => !a.IsWaitingToRide))
        {
            TaskRecord task = attempt.Task;
            names.Add(task.Name ?? task.TaskId.ToString());
            units += task.Kind == TaskKind.ActorCall ? 0 : 1;
            if (attempt.IsAbandoned)
            {
                continue;
            }

            mayRunAgain &= task.Kind == TaskKind.ActorCreation ? MayRestart(task.Actor!) : RetryRules.MayRetry(task);
            if (task.Kind == TaskKind.Normal)
            {
                callers.Add(task.ParentId);
            }
        }

        foreach (ActorRecord actor in session.Instances.Values)
        {
            names.Add(ActorMachine.NameOf(actor));
            mayRunAgain &= MayRestart(actor);
        }

        return new SessionWork(units + session.Instances.Count, mayRunAgain, names, callers);
    }

    private static bool MayRestart(ActorRecord actor) => actor.Options.MaxRestarts < 0 || actor.RestartsUsed < actor.Options.MaxRestarts;
}
