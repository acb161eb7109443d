namespace RayOrleans.Core;

/// <summary>Whether and how often a task may run again, over its owners, and what is said of one that may not.</summary>
internal static class RetryRules
{
    /// <summary>Whether a task that has failed may run once more.</summary>
    public static bool MayRetry(TaskRecord task) => !IsBounded(task) || task.RetriesUsed < task.Options.MaxRetries;

    /// <summary>Whether what it has made is made again by running it again, should it be lost: of actors, what those make that may be started anew, and whose calls may be repeated.</summary>
    public static bool MayRunAgain(TaskRecord task) => task.Kind switch
    {
        TaskKind.Normal => true,
        TaskKind.ActorCall => task is { Stream: null, Options.MaxRetries: not 0, Actor.Options.MaxRestarts: not 0 },
        _ => false,
    };

    /// <summary>Whether it may run only so often.</summary>
    public static bool IsBounded(TaskRecord task) => task.Options.MaxRetries >= 0;

    /// <summary>How many of a task's attempts were not charged as retries: whoever takes it over goes on counting from there.</summary>
    public static int UnchargedOf(TaskRecord task) =>
        task.Kind == TaskKind.Normal ? Math.Max(0, Attempt.OrdinalOf(task.AttemptNumber) - task.RetriesUsed) : 0;

    /// <summary>Charges a task that is taken over for the attempts of its owners before.</summary>
    /// <param name="task">The task, with the number of its next attempt.</param>
    /// <param name="uncharged">How many of those before it were not charged.</param>
    public static void ChargeEarlier(TaskRecord task, int uncharged)
    {
        task.RetriesUsed = Math.Max(0, Attempt.OrdinalOf(task.AttemptNumber) - uncharged);
        task.Spared = Math.Min(uncharged, Charges.MaxSpared);
    }

    /// <summary>How often it was run again here, charged or not.</summary>
    public static int RepeatsOf(TaskRecord task) => task.RetriesUsed + task.Spared + task.MemorySpared;

    /// <summary>The last failure, and how often it was tried.</summary>
    public static Failure WithRetries(TaskRecord task, Failure failure, bool isRetriable)
    {
        if (task.Kind == TaskKind.ActorCreation)
        {
            // Its restarts are what counts, and whoever says that the actor is dead says so.
            return failure;
        }

        string option = task.Kind == TaskKind.ActorCall ? "maxTaskRetries" : "maxRetries";
        if (isRetriable && task.Options.MaxRetries == 0)
        {
            return failure with { Message = $"{failure.Message} It may run only once ({option} 0); raise {option} to have it repeated (-1: without bound)." };
        }

        if (RepeatsOf(task) == 0)
        {
            return failure;
        }

        if (isRetriable && !IsBounded(task) && failure.Kind == FailureKind.NodeOutOfMemory)
        {
            return failure with { Message = $"{failure.Message} It ran {RepeatsOf(task) + 1} times, and memory ran out {task.MemoryAlone} times when it was the last task of its caller there: it is not repeated any more, although {option} is {task.Options.MaxRetries}." };
        }

        string end = isRetriable
            ? $"its retries are exhausted ({option} {task.Options.MaxRetries}), and this was the last failure; raise {option} (-1: without bound) if another attempt could succeed"
            : "this last failure is none that is repeated (retryExceptions)";
        return failure with { Message = $"{failure.Message} It ran {RepeatsOf(task) + 1} times: {end}." };
    }
}
