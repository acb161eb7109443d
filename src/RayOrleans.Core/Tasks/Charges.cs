namespace RayOrleans.Core;

/// <summary>Whether what was in a process when that ended may run again, and what it is charged for it: a task its retries, an actor's construction the restarts of its actor.</summary>
public static class Charges
{
    /// <summary>How often one is repeated without charge; then the end of a process counts, whoever was to blame.</summary>
    public const int MaxSpared = 8;

    /// <summary>The options of what asks for a process: what may not be repeated is nobody's bystander.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="asked">The process that it asks for.</param>
    /// <param name="limit">How often it may be repeated; -1: without bound.</param>
    public static TaskOptions In(TaskOptions options, ProcessKind asked, int limit) => asked == ProcessKind.Job && limit == 0
        ? options with { Process = ProcessKind.Own, IsAlone = true }
        : options with { Process = asked };

    /// <summary>Charges one for the end of its process.</summary>
    /// <param name="task">The task.</param>
    /// <param name="blame">What it has to do with that.</param>
    /// <param name="isMemory">Whether the process was stopped because the node's memory ran out: a bystander is then one of several of its caller, which may run one after the other.</param>
    /// <returns>Whether it may run again.</returns>
    internal static bool TryCharge(TaskRecord task, Blame blame, bool isMemory = false)
    {
        int limit = LimitOf(task);
        if (isMemory && blame == Blame.Bystander && limit != 0)
        {
            task.MemorySpared++;
            return true;
        }

        if (blame != Blame.Bystander && task.Options.Process == ProcessKind.Job)
        {
            // Whatever it does next, it does to nobody else.
            task.Options = task.Options with { Process = ProcessKind.Own, IsAlone = true };
        }

        if (blame != Blame.Culprit && limit != 0 && task.Spared < MaxSpared)
        {
            task.Spared++;
            task.Suspected += blame == Blame.Suspect ? 1 : 0;
            return true;
        }

        if (blame == Blame.Culprit)
        {
            // It was alone when it did it again.
            Charge(task, task.Suspected);
            task.Spared -= task.Suspected;
            task.Suspected = 0;
        }

        if (limit >= 0 && ChargedTo(task) >= limit)
        {
            return false;
        }

        if (limit < 0 && isMemory && task.Kind != TaskKind.ActorCreation && ++task.MemoryAlone > MaxSpared)
        {
            // There never is memory enough for it.
            return false;
        }

        Charge(task, 1);
        return true;
    }

    private static int LimitOf(TaskRecord task) => task.Kind == TaskKind.ActorCreation ? task.Actor!.Options.MaxRestarts : task.Options.MaxRetries;

    private static int ChargedTo(TaskRecord task) => task.Kind == TaskKind.ActorCreation ? task.Actor!.RestartsUsed : task.RetriesUsed;

    private static void Charge(TaskRecord task, int count)
    {
        if (task.Kind == TaskKind.ActorCreation)
        {
            task.Actor!.RestartsUsed += count;
        }
        else
        {
            task.RetriesUsed += count;
        }
    }
}
