using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>Jobs for people.</summary>
internal static class JobDescriber
{
    /// <summary>The job of a node that is alone.</summary>
    public static JobInfo Own(NodeServices node)
    {
        JobRecord job = node.Pool.DriverRay!.Job;
        return new JobInfo
        {
            JobId = job.Id,
            Namespace = node.Pool.DriverRay.Namespace,
            Driver = $"{Environment.ProcessPath ?? "?"} (process {Environment.ProcessId})",
            DriverNodeId = node.NodeId,
            IsRunning = node.Stopped is null,
            Status = node.Stopped is null ? JobStatus.Running : JobStatus.Stopped,
            EndReason = node.Stopped,
            StartedAt = node.State.StartedAt,
        };
    }

    /// <summary>A job of the table.</summary>
    /// <param name="job">The job.</param>
    /// <param name="lineageBytes">What this node keeps of its finished tasks.</param>
    public static JobInfo Describe(JobReport job, long lineageBytes) => new()
    {
        LineageBytes = lineageBytes,
        JobId = job.Job,
        Name = job.Name,
        Namespace = job.Namespace.Length == 0 ? JobRecord.NamespaceOf(job.Job) : job.Namespace,
        Driver = job.Program,
        DriverNodeId = job.Driver,
        IsRunning = !job.IsEnded,
        Status = job.Status,
        EndReason = job.Reason,
        StartedAt = new DateTimeOffset(job.StartedAt, TimeSpan.Zero),
        EndedAt = job.EndedAt == 0 ? null : new DateTimeOffset(job.EndedAt, TimeSpan.Zero),
    };
}
