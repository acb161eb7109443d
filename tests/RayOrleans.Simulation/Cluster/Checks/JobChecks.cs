namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>A job that has ended has ended everywhere, whatever word of it was lost; and the table says how.</summary>
internal static class JobChecks
{
    /// <summary>A node that has heard that a job has ended keeps none of its work.</summary>
    public static void Scan(SimNode node)
    {
        foreach (TaskRecord task in node.Engine.Entries().OfType<TaskRecord>())
        {
            if (task is { IsTerminal: false, Job.IsEnded: true, State: not TaskState.Elsewhere })
            {
                throw new ViolationException($"node {node.Number} has heard that job {task.Job.Id} has ended, and keeps {task.TaskId}, which is {task.State}");
            }
        }
    }

    /// <summary>When all drivers have ended, one way or another; null: nothing.</summary>
    public static string? WhatIsWrong(ClusterWorld world)
    {
        foreach (SimNode node in world.Nodes.Where(n => !n.HasFailed))
        {
            if (node.Machine.Jobs.FirstOrDefault(j => j.Id != JobId.None && !j.IsEnded) is { } going)
            {
                return $"node {node.Number} has not heard that job {going.Id} has ended";
            }
        }

        foreach (ClusterJob job in world.Jobs)
        {
            JobReport? report = ReportOf(world, job);
            bool isRight = report?.Status switch
            {
                // What only its driver's node knew is gone with a shard and that node, or never got here.
                null => job.Node.HasFailed || !job.Record.HasChildren,
                JobStatus.Succeeded => job.HasEnded,
                JobStatus.Failed => job.Node.HasFailed,
                _ => false,
            };
            if (!isRight)
            {
                return $"the table says that job {job.Number} is {report?.Status.ToString() ?? "not known"}; its driver has {(job.HasEnded ? "ended" : "not ended")}, its node {(job.Node.HasFailed ? "failed" : "lives")}";
            }
        }

        return null;
    }

    public static void Cover(ClusterWorld world)
    {
        foreach (ClusterJob job in world.Jobs)
        {
            world.Coverage.Hit($"job {ReportOf(world, job)?.Status.ToString() ?? "not known"}");
        }
    }

    private static JobReport? ReportOf(ClusterWorld world, ClusterJob job) => world.Shards.SelectMany(s => s.Machine.Jobs).SingleOrDefault(r => r.Job == job.Record.Id);
}
