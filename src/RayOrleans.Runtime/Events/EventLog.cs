using System.Collections.Concurrent;
using System.Diagnostics;
using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>
/// What happened on the node: a record per finished attempt in a ring per thread, thinned above a rate; every failure; every actor's
/// changes; warnings. Counters are exact whatever is thinned.
/// </summary>
internal sealed class EventLog
{
    /// <summary>Up to this rate per thread every success is recorded; above it one in <see cref="Thinning"/>.</summary>
    private const int FullRatePerSecond = 2_000;
    private const int Thinning = 64;
    private const int FailuresKept = 10_000;
    private const int WarningsKept = 1_000;

    private readonly int _perThread;
    private readonly ConcurrentBag<EventRing> _rings = [];
    private readonly ConcurrentQueue<EventRing> _unused = new();
    private readonly EventRing _failures = new(FailuresKept);
    private readonly ConcurrentQueue<(long At, string Text)> _warnings = new();
    private readonly ThreadLocal<Rate> _rates = new(() => new Rate(), trackAllValues: true);

    private readonly ThreadLocal<EventRing> _ringOfThread;
    private long _failed;
    private long _cancelled;
    private long _lastRare;

    public EventLog(int perThread)
    {
        _perThread = perThread;
        _ringOfThread = new ThreadLocal<EventRing>(NewRing);
    }

    /// <summary>Raised for each warning; handlers must be quick.</summary>
    public event Action<string>? Warned;

    public long Succeeded => _rates.Values.Sum(r => r.Succeeded);

    public long Failed => Interlocked.Read(ref _failed);

    public long Cancelled => Interlocked.Read(ref _cancelled);

    /// <summary>Successes that were counted but not recorded.</summary>
    public long Thinned => _rates.Values.Sum(r => r.Thinned);

    public IReadOnlyList<string> Warnings => [.. _warnings.Select(w => w.Text)];

    /// <summary>A ring for a thread: one that an ended thread gave back, else a new one.</summary>
    public EventRing NewRing()
    {
        if (_unused.TryDequeue(out EventRing? used))
        {
            return used;
        }

        EventRing ring = new(_perThread);
        _rings.Add(ring);
        return ring;
    }

    /// <summary>A thread has ended; what its ring holds stays listed.</summary>
    public void GiveBack(EventRing ring) => _unused.Enqueue(ring);

    /// <summary>The calling thread's ring, for threads that are not workers.</summary>
    public EventRing RingOfThread() => _ringOfThread.Value!;

    /// <summary>An attempt's body has returned.</summary>
    public void AttemptEnded(EventRing ring, TaskScope scope, in Outcome outcome, long end, bool accepted)
    {
        TaskRecord task = scope.Attempt.Task;
        if (!accepted && task.State is Core.TaskState.Failed or Core.TaskState.Cancelled)
        {
            // The end that overtook this attempt is recorded already.
            return;
        }

        Rate rate = _rates.Value!;
        rate.Ran(end - scope.StartedAt);
        if (accepted && outcome.Failure is null)
        {
            rate.Succeeded++;
            if (_perThread == 0 || !rate.ShouldRecord(end))
            {
                return;
            }
        }

        TaskEvent record = new()
        {
            TaskId = task.TaskId,
            ParentId = task.ParentId,
            JobId = task.Job.Id,
            ActorId = task.Actor?.Id ?? ActorId.None,
            Name = task.Name,
            Options = task.Options,
            Attempt = scope.Attempt.Ordinal,
            Worker = scope.WorkerId.Value,
            Kind = task.Kind,
            State = outcome.Failure is null ? (accepted ? Core.TaskState.Succeeded : Core.TaskState.Cancelled) : Core.TaskState.Failed,
            SubmittedAt = task.SubmittedAt,
            StartedAt = scope.StartedAt,
            EndedAt = end,
            Failure = outcome.Failure,
        };
        if (outcome.Failure is null && accepted)
        {
            ring.Add(in record);
        }
        else
        {
            _failures.Add(in record);
        }
    }

    /// <summary>A task ended without success. Attempts that failed by themselves are recorded by <see cref="AttemptEnded"/>.</summary>
    public void TaskEnded(TaskRecord task, Failure? failure)
    {
        if (task.State == Core.TaskState.Cancelled)
        {
            Interlocked.Increment(ref _cancelled);
        }
        else
        {
            Interlocked.Increment(ref _failed);
        }

        bool failedItself = failure is { Cause: not null, Kind: not (FailureKind.NodeOutOfMemory or FailureKind.RuntimeEnv) } && failure.Source == task.TaskId;
        if (!failedItself)
        {
            TaskEvent record = new()
            {
                TaskId = task.TaskId,
                ParentId = task.ParentId,
                JobId = task.Job.Id,
                ActorId = task.Actor?.Id ?? ActorId.None,
                Name = task.Name,
                Options = task.Options,
                Attempt = Attempt.OrdinalOf(task.AttemptNumber),
                Kind = task.Kind,
                State = task.State,
                SubmittedAt = task.SubmittedAt,
                EndedAt = Clock.Now,
                Failure = failure,
            };
            _failures.Add(in record);
        }
    }

    public void ActorChanged(ActorRecord actor)
    {
        if (actor is { State: Core.ActorState.Dead, Death: { Cause: not null } death })
        {
            Warn($"Actor {actor.ClassName} {actor.Id} died: {death.Message}");
        }
    }

    public void Unschedulable(TaskRecord task, string message) => Warn(message);

    /// <summary>Said once per job: from here on results that are lost may not come back.</summary>
    public void LineageEvicted(JobRecord job, long bound) => Warn(
        $"Lineage evicted: this node keeps at most {bound} bytes of a job's finished tasks (RayOptions.MaxLineageBytes), and job {job.Id} has more. Its oldest tasks are not run again from here on; a result of theirs that is lost fails.");

    public void Warn(string text)
    {
        _warnings.Enqueue((Clock.Now, text));
        while (_warnings.Count > WarningsKept && _warnings.TryDequeue(out _))
        {
        }

        Trace.TraceWarning(text);
        Warned?.Invoke(text);
    }

    /// <summary>Warns unless the same was said a moment ago.</summary>
    public void WarnRarely(string text)
    {
        long now = Clock.Now;
        long last = Interlocked.Read(ref _lastRare);
        if (now - last > Clock.FromMilliseconds(5_000) && Interlocked.CompareExchange(ref _lastRare, now, last) == last)
        {
            Warn(text);
        }
    }

    /// <summary>A pull found nobody who could serve it; the table is asked again.</summary>
    public void PullFailed(FetchPlan plan, string why) => WarnRarely($"Object {plan.Id} could not be pulled: {why}");

    /// <summary>The exponential average of how long attempts run, in ticks.</summary>
    public double AverageTaskTicks
    {
        get
        {
            double average = 0;
            int count = 0;
            foreach (Rate rate in _rates.Values)
            {
                if (rate.AverageTicks > 0)
                {
                    average += rate.AverageTicks;
                    count++;
                }
            }

            return count == 0 ? 0 : average / count;
        }
    }

    /// <summary>The rings, and whether each is that of failures.</summary>
    public IEnumerable<(EventRing Ring, bool IsOfFailures)> Rings => _rings.Select(r => (r, false)).Append((_failures, true));

    /// <summary>The finished attempts kept, newest first.</summary>
    public IEnumerable<TaskEvent> Snapshot() =>
        _rings.SelectMany(r => r.Snapshot()).Concat(_failures.Snapshot()).OrderByDescending(e => e.EndedAt);

    /// <summary>The names of functions whose attempts run now.</summary>
    public static IEnumerable<string> RunningFunctions(NodeServices node) => node.Gate.Do(engine => engine.Entries()
        .OfType<TaskRecord>().Where(t => t.State == Core.TaskState.Running).Select(t => t.Name ?? "?").Distinct().Take(32).ToList());

    private sealed class Rate
    {
        private static readonly long Window = Clock.FromMilliseconds(100);
        private long _windowStart;
        private int _inWindow;

        public long Succeeded { get; set; }

        public double AverageTicks { get; private set; }

        /// <summary>Counts into the average; each run weighs a sixteenth.</summary>
        public void Ran(long ticks) => AverageTicks += (ticks - AverageTicks) / 16;

        public long Thinned { get; private set; }

        public bool ShouldRecord(long now)
        {
            if (now - _windowStart > Window)
            {
                _windowStart = now;
                _inWindow = 0;
            }

            if (++_inWindow <= FullRatePerSecond / 10 || _inWindow % Thinning == 0)
            {
                return true;
            }

            Thinned++;
            return false;
        }
    }
}
