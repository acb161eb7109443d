namespace RayOrleans.Core;

/// <summary>
/// The ready tasks of one shape: per job a queue in order of arrival, and above it those that a blocked attempt waits for, deepest first.
/// Jobs take turns.
/// </summary>
internal sealed class ReadyClass(ResourceLedger ledger, ResourceShape shape)
{
    private const int DepthBuckets = 64;

    private readonly List<JobQueues> _jobs = [];
    private int _turn;

    public ResourceLedger Ledger { get; } = ledger;

    public ResourceShape Shape { get; } = shape;

    public int Count { get; private set; }

    public int WantedCount { get; private set; }

    /// <summary>How often this one's head could not be served since one was.</summary>
    public int Skipped { get; set; }

    public void Add(TaskRecord task)
    {
        JobQueues queues = QueuesOf(task.Job);
        TaskQueue queue = task.IsWanted ? queues.WantedAt(Math.Min(task.Depth, DepthBuckets - 1), this) : queues.Fifo;
        if (task.IsWanted)
        {
            WantedCount++;
        }

        queue.Add(task);
        Count++;
    }

    public void Remove(TaskRecord task)
    {
        task.Queue!.Remove(task);
        Count--;
        if (task.IsWanted)
        {
            WantedCount--;
        }
    }

    public TaskRecord? Peek(bool wantedOnly)
    {
        for (int i = 0; i < _jobs.Count; i++)
        {
            int at = (_turn + i) % _jobs.Count;
            TaskRecord? task = _jobs[at].Peek(wantedOnly);
            if (task is not null)
            {
                _turn = (at + 1) % _jobs.Count;
                return task;
            }
        }

        return null;
    }

    /// <summary>The next task of a job.</summary>
    public TaskRecord? Peek(JobRecord job)
    {
        foreach (JobQueues queues in _jobs)
        {
            if (queues.Job == job)
            {
                return queues.Peek(wantedOnly: false);
            }
        }

        return null;
    }

    /// <summary>Takes up to so many of the tasks that came last.</summary>
    public void TakeYoungest(int most, Func<TaskRecord, bool> isMovable, List<TaskRecord> taken)
    {
        foreach (JobQueues queues in _jobs)
        {
            TaskRecord? next = queues.Fifo.Tail;
            while (next is not null && taken.Count < most)
            {
                TaskRecord task = next;
                next = next.QueuePrevious;
                if (isMovable(task))
                {
                    Remove(task);
                    taken.Add(task);
                }
            }
        }
    }

    public void Forget(JobRecord job)
    {
        _jobs.RemoveAll(j => j.Job == job && j.IsEmpty);
        _turn = 0;
    }

    private JobQueues QueuesOf(JobRecord job)
    {
        foreach (JobQueues queues in _jobs)
        {
            if (queues.Job == job)
            {
                return queues;
            }
        }

        JobQueues added = new(job, this);
        _jobs.Add(added);
        return added;
    }

    private sealed class JobQueues(JobRecord job, ReadyClass owner)
    {
        private TaskQueue?[] _wanted = [];

        public JobRecord Job { get; } = job;

        public TaskQueue Fifo { get; } = new() { Class = owner };

        public bool IsEmpty => Fifo.Count == 0 && Array.TrueForAll(_wanted, q => q is null or { Count: 0 });

        public TaskQueue WantedAt(int depth, ReadyClass ready)
        {
            if (depth >= _wanted.Length)
            {
                Array.Resize(ref _wanted, depth + 1);
            }

            return _wanted[depth] ??= new TaskQueue { Class = ready };
        }

        public TaskRecord? Peek(bool wantedOnly)
        {
            for (int depth = _wanted.Length - 1; depth >= 0; depth--)
            {
                if (_wanted[depth]?.Head is { } task)
                {
                    return task;
                }
            }

            return wantedOnly ? null : Fifo.Head;
        }
    }
}
