namespace RayOrleans.Core;

/// <summary>
/// The jobs of a shard: how each is, and who is told when it ends. An end is final. A job ends by its driver's word, by the death of its driver's node, or because that node is
/// neither there nor comes. Bounded: of the jobs that have ended the newest are kept, and those that are not may be met again only as jobs of a dead node.
/// </summary>
internal sealed class TableJobs(TableOptions options, TableLinks links)
{
    /// <summary>How many jobs that have ended are kept.</summary>
    public const int EndedKept = 1_000;

    private readonly Dictionary<JobId, JobRow> _rows = [];
    private readonly Dictionary<NodeId, List<JobRow>> _going = [];
    private readonly Queue<JobId> _ended = new();

    /// <summary>All of them, in the order of their starts.</summary>
    public IReadOnlyList<JobReport> Reports => [.. Ordered().Select(r => r.Report)];

    public IReadOnlyList<JobRowSnapshot> Snapshot() => [.. Ordered().Select(r => new JobRowSnapshot(r.Report, r.MissedSince))];

    public void Restore(IReadOnlyList<JobRowSnapshot> rows)
    {
        foreach (JobRowSnapshot row in rows.OrderBy(r => r.Report.EndedAt).ThenBy(r => r.Report.Job.Value))
        {
            JobRow restored = new(row.Report) { MissedSince = row.MissedSince };
            _rows.Add(row.Report.Job, restored);
            if (row.Report.IsEnded)
            {
                _ended.Enqueue(row.Report.Job);
            }
            else
            {
                GoingOf(row.Report.Driver).Add(restored);
            }
        }
    }

    public void OnJob(NodeId from, JobReport report, long now)
    {
        if (!_rows.TryGetValue(report.Job, out JobRow? row))
        {
            row = new JobRow(report with { Status = JobStatus.Unknown, EndedAt = 0, Reason = null });
            _rows.Add(report.Job, row);
            GoingOf(report.Driver).Add(row);
            if (links.IsDead(report.Driver))
            {
                End(row, JobStatus.Failed, "the node of its driver left the cluster or died", now);
            }
            else if (from != report.Driver && !report.IsEnded && links.IsMember(report.Driver))
            {
                links.Send(report.Driver, new JobStateMessage(row.Report));
            }
        }

        bool isDriver = from == row.Report.Driver;
        if (isDriver || row.Report.StartedAt == 0)
        {
            row.Report = row.Report with { Namespace = report.Namespace, Name = report.Name, Program = report.Program, StartedAt = report.StartedAt };
        }

        if (row.Report.IsEnded)
        {
            links.Send(from, new JobStateMessage(row.Report));
            return;
        }

        row.Subscribers.Add(from);
        if (report.IsEnded)
        {
            // From another node: this table said so before it was emptied.
            End(row, report.Status, report.Reason, report.EndedAt == 0 ? now : report.EndedAt);
        }
        else if (isDriver)
        {
            row.Report = row.Report with { Status = JobStatus.Running };
        }
    }

    public void OnMember(NodeId node, bool isAlive, long now)
    {
        List<JobRow> rows = [.. _going.GetValueOrDefault(node) ?? []];
        foreach (JobRow row in rows.OrderBy(r => r.Report.Job.Value))
        {
            row.MissedSince = 0;
            if (!isAlive)
            {
                End(row, JobStatus.Failed, "the node of its driver left the cluster or died", now);
            }
            else if (row.Report.Status == JobStatus.Unknown)
            {
                links.Send(node, new JobStateMessage(row.Report));
            }
        }

        if (!isAlive)
        {
            foreach (JobRow row in _going.Values.SelectMany(r => r))
            {
                row.Subscribers.Remove(node);
            }
        }
    }

    /// <summary>Lets the time pass: a driver's node that is not there and does not come is gone.</summary>
    public void Tick(long now)
    {
        if (_going.Count == 0)
        {
            return;
        }

        List<JobRow> missed = [.. _going.Where(g => !links.IsMember(g.Key)).SelectMany(g => g.Value)];
        foreach (JobRow row in missed.OrderBy(r => r.Report.Job.Value))
        {
            if (row.MissedSince == 0)
            {
                row.MissedSince = now;
            }
            else if (now - row.MissedSince >= options.DeadHoldTicks)
            {
                End(row, JobStatus.Failed, "the node of its driver is not in the cluster", now);
            }
        }
    }

    private void End(JobRow row, JobStatus status, string? reason, long at)
    {
        List<JobRow> going = GoingOf(row.Report.Driver);
        going.Remove(row);
        if (going.Count == 0)
        {
            _going.Remove(row.Report.Driver);
        }

        row.MissedSince = 0;
        row.Report = row.Report with { Status = status, Reason = reason, EndedAt = at };
        foreach (NodeId node in row.Subscribers)
        {
            links.Send(node, new JobStateMessage(row.Report));
        }

        row.Subscribers.Clear();
        _ended.Enqueue(row.Report.Job);
        if (_ended.Count > EndedKept)
        {
            _rows.Remove(_ended.Dequeue());
        }
    }

    private List<JobRow> GoingOf(NodeId driver)
    {
        if (!_going.TryGetValue(driver, out List<JobRow>? rows))
        {
            _going.Add(driver, rows = []);
        }

        return rows;
    }

    private IEnumerable<JobRow> Ordered() => _rows.Values.OrderBy(r => r.Report.StartedAt).ThenBy(r => r.Report.Job.Value);
}
