namespace RayOrleans.Core;

/// <summary>
/// The jobs that this node has heard of. Each is told to the job table, which says when it has ended: whatever else ends a job here (word of its driver, the death of
/// its driver's node) is only faster. Bounded: of the jobs that have ended the newest are kept; work of one that was forgotten is met as that of a job not heard of
/// before, and the table says again how it is.
/// </summary>
internal sealed class JobTable(ClusterLinks links, ClusterOptions options, Outbox outbox)
{
    private readonly Dictionary<JobId, JobRecord> _jobs = [];
    private readonly List<JobRecord> _own = [];
    private readonly Queue<JobId> _ended = new();
    private readonly Queue<JobId> _ownEnded = new();

    public IReadOnlyCollection<JobRecord> All => _jobs.Values;

    /// <summary>Ends a job here.</summary>
    public Action<JobRecord, string> Ending { get; set; } = null!;

    /// <summary>A job whose driver is on this node.</summary>
    public void Add(JobRecord job)
    {
        _jobs.Add(job.Id, job);
        _own.Add(job);
    }

    /// <summary>Tells the table of a job whose driver is on this node; what the driver has done meanwhile may be known elsewhere already.</summary>
    public void Announce(JobRecord job)
    {
        if (!job.IsAnnounced)
        {
            job.IsAnnounced = true;
            Tell(job);
        }
    }

    /// <summary>Those whose drivers have begun to work are told to the table.</summary>
    public void Tick()
    {
        foreach (JobRecord job in _own)
        {
            if (job.HasChildren)
            {
                Announce(job);
            }
        }
    }

    /// <summary>The job with that id; one whose driver's node is dead has ended.</summary>
    public JobRecord Of(JobId id, NodeId driver)
    {
        if (!_jobs.TryGetValue(id, out JobRecord? job))
        {
            job = new JobRecord(id, TaskId.None) { Driver = driver, IsAnnounced = true, Report = new JobReport(id, driver, JobStatus.Unknown) };
            _jobs.Add(id, job);
            if (links.IsDead(driver))
            {
                job.EndedBecause = "the node of its driver died";
                OnEnded(job);
            }
            else if (id != JobId.None)
            {
                Tell(job);
            }
        }

        return job;
    }

    /// <summary>A job has ended here: some time it is forgotten.</summary>
    public void OnEnded(JobRecord job)
    {
        bool isOwn = job.Driver == options.Self;
        if (isOwn)
        {
            // The table asks its driver's node for what it has lost, so these are kept apart from all others.
            _own.Remove(job);
        }

        Queue<JobId> ended = isOwn ? _ownEnded : _ended;
        ended.Enqueue(job.Id);
        while (ended.Count > (isOwn ? TableJobs.EndedKept : options.EndedJobsKept))
        {
            _jobs.Remove(ended.Dequeue());
        }
    }

    /// <summary>The driver on this node has ended its job: the table is told, and says so to those whom no other word reaches.</summary>
    public void End(JobRecord job, JobStatus status, string why)
    {
        bool isKnown = job.IsAnnounced || job.HasChildren;
        job.IsAnnounced = true;
        job.Report = job.Report with { Status = status, Reason = why };
        Barrier recorded = new(links.Released, () => outbox.Add(EffectKind.JobRecorded, job));
        if (isKnown)
        {
            links.SendToShard(Party.OfShard(links.ShardOf(job.Id)), new JobMessage(job.Report), recorded);
        }

        recorded.Done();
    }

    /// <summary>The table says how a job is, or asks.</summary>
    public void OnState(JobReport report)
    {
        if (!report.IsEnded)
        {
            Answer(report);
            return;
        }

        if (!_jobs.TryGetValue(report.Job, out JobRecord? job))
        {
            // It has ended here, and was forgotten; only who has asked is answered.
            return;
        }

        job.Report = report;
        if (!job.IsEnded)
        {
            Ending(job, report.Reason ?? "its driver has ended");
        }
    }

    /// <summary>A shard has started anew: what it kept of jobs may be gone.</summary>
    public void TellAgain(Link shard)
    {
        List<JobRecord> told = [.. _jobs.Values.Where(j => j.IsAnnounced && j.Id != JobId.None && links.ShardOf(j.Id) == shard.To.Shard)];
        IEnumerable<JobRecord> ended = told.Where(j => j.Report.IsEnded).OrderByDescending(j => j.Report.EndedAt).ThenBy(j => j.Id.Value).Take(TableJobs.EndedKept);
        foreach (JobRecord job in told.Where(j => !j.Report.IsEnded).Concat(ended.Reverse()))
        {
            links.Send(shard.To, new JobMessage(job.Report));
        }
    }

    private void Answer(JobReport asked)
    {
        if (asked.Driver != options.Self)
        {
            return;
        }

        if (_jobs.TryGetValue(asked.Job, out JobRecord? job))
        {
            job.IsAnnounced = true;
            Tell(job);
        }
        else
        {
            links.Send(
                Party.OfShard(links.ShardOf(asked.Job)), new JobMessage(asked with { Status = JobStatus.Failed, Reason = "the node that others take for its driver's does not know it" }));
        }
    }

    private void Tell(JobRecord job) => links.Send(Party.OfShard(links.ShardOf(job.Id)), new JobMessage(job.Report));
}
