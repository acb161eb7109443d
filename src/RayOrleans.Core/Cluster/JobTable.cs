namespace RayOrleans.Core;

/// <summary>The jobs that this node has heard of.</summary>
internal sealed class JobTable(ClusterLinks links)
{
    private readonly Dictionary<JobId, JobRecord> _jobs = [];

    public IEnumerable<JobRecord> All => _jobs.Values;

    public void Add(JobRecord job) => _jobs.Add(job.Id, job);

    /// <summary>The job with that id; one whose driver's node is dead has ended.</summary>
    public JobRecord Of(JobId id, NodeId driver)
    {
        if (!_jobs.TryGetValue(id, out JobRecord? job))
        {
            job = new JobRecord(id, TaskId.None) { Driver = driver };
            if (links.IsDead(driver))
            {
                job.EndedBecause = "its driver's node died";
            }

            _jobs.Add(id, job);
        }

        return job;
    }
}
