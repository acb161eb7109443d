namespace RayOrleans.Transfer;

/// <summary>
/// Who wants what: one job per object and version however many ask, admission, and the end of each wish. Every command takes one short lock and
/// returns what is to be done outside it. Thread-safe.
/// </summary>
internal sealed class PullBoard(long budgetBytes, long capacityBytes, Func<PullRequest, PullJob> newJob)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, PullJob> _jobs = [];
    private readonly PullAdmission<PullJob> _admission = new(budgetBytes);
    private int _running;
    private long _pulled;
    private long _failed;
    private long _cancelled;
    private long _joined;
    private bool _closed;

    /// <summary>Somebody wants objects together.</summary>
    /// <exception cref="ObjectDisposedException">The board is closed.</exception>
    public BoardChange Join(PullClass priority, IReadOnlyList<PullRequest> requests, out PullGroup group)
    {
        BoardChange change = new();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(Puller));
            PullJob[] asked = new PullJob[requests.Count];
            for (int i = 0; i < asked.Length; i++)
                asked[i] = FindJob_NeedsLock(requests[i], change);
            group = new PullGroup(priority, asked);
            foreach (PullJob job in group.Jobs)
                job.Groups.Add(group);
            Advance_NeedsLock(group, change);
        }

        return change;
    }

    /// <summary>A job becomes more urgent: a wish of its own, which nobody waits for and which ends with it.</summary>
    public BoardChange Raise(ObjectKey key, PullClass priority)
    {
        BoardChange change = new();
        lock (_gate)
        {
            if (_closed || !_jobs.TryGetValue(key, out PullJob? job) || job.Groups.Any(group => group.Class <= priority && group.Jobs.Length == 1))
                return change;
            PullGroup group = new(priority, [job]);
            job.Groups.Add(group);
            Advance_NeedsLock(group, change);
        }

        return change;
    }

    /// <summary>A job's length is known.</summary>
    public BoardChange Measured(PullJob job, long length)
    {
        BoardChange change = new();
        lock (_gate)
        {
            job.Length = length;
            foreach (PullGroup group in job.Groups.ToArray())
                Advance_NeedsLock(group, change);
        }

        return change;
    }

    /// <summary>A job has ended, unless it was cancelled before.</summary>
    public BoardChange Finished(PullJob job, PullResult result)
    {
        BoardChange change = new();
        lock (_gate)
        {
            _running -= job.IsStarted ? 1 : 0;
            if (!IsCurrent_NeedsLock(job))
                return change;
            _jobs.Remove(job.Key);
            job.Result = result;
            if (result.IsPulled)
                _pulled++;
            else
                _failed++;
            Start_NeedsLock(_admission.Complete(job), change);
            foreach (PullGroup group in job.Groups.ToArray())
                Advance_NeedsLock(group, change);
        }

        return change;
    }

    /// <summary>A caller does not want its objects any more.</summary>
    /// <returns>What to do, or null when the wish has been fulfilled already.</returns>
    public BoardChange? Leave(PullGroup group)
    {
        BoardChange change = new();
        lock (_gate)
        {
            if (group.IsOver)
                return null;
            End_NeedsLock(group, change);
        }

        return change;
    }

    /// <summary>Ends all wishes with the same result; there are no new ones.</summary>
    public BoardChange Close(PullResult result)
    {
        BoardChange change = new();
        lock (_gate)
        {
            _closed = true;
            foreach (PullGroup group in _jobs.Values.SelectMany(static job => job.Groups).Distinct().ToArray())
                Fail_NeedsLock(group, result, change);
        }

        return change;
    }

    public PullerTotals GetTotals()
    {
        lock (_gate)
        {
            return new PullerTotals
            {
                Running = _running,
                Queued = _jobs.Values.Count(static job => !job.IsStarted),
                BytesInFlight = _admission.BytesInFlight,
                BudgetBytes = _admission.BudgetBytes,
                Pulled = _pulled,
                Failed = _failed,
                Cancelled = _cancelled,
                Joined = _joined,
            };
        }
    }

    private PullJob FindJob_NeedsLock(PullRequest request, BoardChange change)
    {
        if (_jobs.TryGetValue(request.Key, out PullJob? job))
        {
            _joined++;
            return job;
        }

        _jobs[request.Key] = job = newJob(request);
        if (job.Length is null)
            change.ToMeasure.Add(job);
        return job;
    }

    /// <summary>Lets a group take its next step: be admitted once all lengths are known, end once all results are.</summary>
    private void Advance_NeedsLock(PullGroup group, BoardChange change)
    {
        if (group.IsOver)
            return;
        if (group.Jobs.All(static job => job.Result is not null))
        {
            End_NeedsLock(group, change);
            change.ToFinish.Add(group);
        }
        else if (group.Admission is null && group.Jobs.All(static job => job.Result is not null || job.Length is not null))
        {
            Admit_NeedsLock(group, change);
        }
    }

    private void Admit_NeedsLock(PullGroup group, BoardChange change)
    {
        PullJob[] missing = [.. group.Jobs.Where(static job => job.Result is null)];
        long bytes = missing.Sum(static job => job.Length!.Value);
        if (bytes > capacityBytes)
        {
            Fail_NeedsLock(group, TooLarge(group, bytes), change);
            return;
        }

        group.Admission = _admission.Add(group.Class, missing.Select(static job => (job, job.Length!.Value)), out IReadOnlyList<PullJob> started);
        Start_NeedsLock(started, change);
    }

    private PullResult TooLarge(PullGroup group, long bytes)
    {
        string what = group.Jobs is [var only] ? $"Object {only.Key.Id} version {only.Key.Version}" : $"The {group.Jobs.Length} objects that are needed together";
        return PullResult.Failure(
            PullStatus.TooLarge,
            $"{what} can never be pulled: {bytes} bytes do not fit into the node's object store of {capacityBytes} bytes. Raise the store's capacity or split the data.");
    }

    private void Fail_NeedsLock(PullGroup group, PullResult result, BoardChange change)
    {
        group.Failure = result;
        if (group.Jobs is [{ Groups.Count: 1 }])
            _failed++;
        End_NeedsLock(group, change);
        change.ToFinish.Add(group);
    }

    private void End_NeedsLock(PullGroup group, BoardChange change)
    {
        group.IsOver = true;
        if (group.Admission is { } admission)
            Start_NeedsLock(_admission.Remove(admission), change);
        foreach (PullJob job in group.Jobs)
        {
            job.Groups.Remove(group);
            if (job.Groups.Count > 0 || !IsCurrent_NeedsLock(job))
                continue;
            _jobs.Remove(job.Key);
            _cancelled += group.Failure is null ? 1 : 0;
            change.ToCancel.Add(job);
        }
    }

    private void Start_NeedsLock(IReadOnlyList<PullJob> started, BoardChange change)
    {
        foreach (PullJob job in started)
        {
            // It runs already if those who had it admitted left while another group still waited for lengths;
            // and once closed, what leaving requests make room for must not start.
            if (job.IsStarted || _closed)
                continue;
            job.IsStarted = true;
            _running++;
            change.ToStart.Add(job);
        }
    }

    private bool IsCurrent_NeedsLock(PullJob job) => _jobs.TryGetValue(job.Key, out PullJob? current) && current == job;
}
