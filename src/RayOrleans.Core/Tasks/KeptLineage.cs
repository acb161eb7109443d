namespace RayOrleans.Core;

/// <summary>What is kept of tasks that have ended, to run them again when their results are lost; bounded for each job.</summary>
internal sealed class KeptLineage(TaskMachine tasks, ObjectTable objects, Outbox outbox, EngineOptions options)
{
    /// <summary>The task has ended: its inputs are let go of, and what it was called with too, unless it may run again.</summary>
    public void OnEnded(TaskRecord task)
    {
        if (task.State != TaskState.Succeeded || !options.RetainLineage || !RetryRules.MayRunAgain(task) || task.IsForeign)
        {
            if (task.Kind != TaskKind.ActorCreation)
            {
                task.Payload = null;
                objects.ReleaseLineage(task);
                tasks.Inputs.Release(task);
                task.Inputs = null;
            }
        }
        else
        {
            Keep(task);
            tasks.Inputs.Release(task);
        }
    }

    /// <summary>The task may run again: what it was called with, and the lineage of its inputs, stay.</summary>
    public static void Keep(TaskRecord task)
    {
        ObjectTable.KeepLineage(task);
        task.Job.Lineage.Add(task);
    }

    /// <summary>Gives up the oldest finished tasks of a job until what is kept of them fits. Their results stay; only they are not made again when they are lost.</summary>
    public void Bound(JobRecord job)
    {
        while (job.Lineage.Bytes > options.LineageBytes && job.Lineage.Oldest is { } oldest)
        {
            if (job.Lineage.Evictions++ == 0)
            {
                outbox.Add(EffectKind.LineageEvicted, job);
            }

            oldest.IsLineageEvicted = true;
            objects.ReleaseLineage(oldest);
            oldest.Payload = null;
            oldest.Inputs = null;
            tasks.Cluster?.OnLineageEvicted(oldest);
        }
    }
}
