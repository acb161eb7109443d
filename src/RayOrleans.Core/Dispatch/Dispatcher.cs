namespace RayOrleans.Core;

/// <summary>
/// Which ready task starts next. By shape, so that a shape that does not fit never holds up one that does; fair between jobs;
/// what blocked attempts wait for comes first, deepest first, so that nesting of any depth ends; a shape that was passed over
/// too often reserves what becomes free.
/// </summary>
internal sealed class Dispatcher
{
    /// <summary>How often a ready shape may be passed over before others must wait for it.</summary>
    private const int StarvationBound = 256;

    /// <summary>With more shapes than this, those without tasks are forgotten.</summary>
    private const int ShapeBound = 64;

    private int _forgetAt = ShapeBound;

    private readonly Dictionary<(ResourceLedger Ledger, ResourceShape Shape), ReadyClass> _byShape = [];
    private readonly List<ReadyClass> _classes = [];
    private readonly ReadyClass _default;
    private ReadyClass? _starving;
    private int _turn;

    public Dispatcher(ResourceLedger ledger)
    {
        Ledger = ledger;
        _default = new ReadyClass(ledger, ResourceShape.OneCpu);
        _byShape.Add((ledger, ResourceShape.OneCpu), _default);
        _classes.Add(_default);
    }

    public ResourceLedger Ledger { get; }

    /// <summary>Ready tasks of all shapes.</summary>
    public int ReadyCount => _classes.Sum(c => c.Count);

    public IEnumerable<ReadyClass> Classes => _classes;

    public void Add(TaskRecord task) => ClassOf(task.Options).Add(task);

    public void Remove(TaskRecord task) => task.Queue!.Class!.Remove(task);

    /// <summary>Marks a ready task as waited for by a blocked attempt.</summary>
    public void Promote(TaskRecord task)
    {
        ReadyClass ready = task.Queue!.Class!;
        ready.Remove(task);
        task.IsWanted = true;
        ready.Add(task);
    }

    /// <summary>Takes the next task that fits, with its resources; null when there is none.</summary>
    /// <param name="wantedOnly">Only what a blocked attempt waits for.</param>
    /// <param name="gpus">The devices granted.</param>
    /// <param name="elsewhere">Only where the next one runs in another process of this node.</param>
    public TaskRecord? TryTake(bool wantedOnly, out int[]? gpus, bool elsewhere = false)
    {
        gpus = null;
        for (int i = 0; i < _classes.Count; i++)
        {
            int at = _turn + i < _classes.Count ? _turn + i : _turn + i - _classes.Count;
            ReadyClass ready = _classes[at];
            if (ready.Count == 0)
            {
                continue;
            }

            if (!ready.Ledger.Fits(ready.Shape))
            {
                ready.Skipped = Math.Min(ready.Skipped + 1, StarvationBound + 1);
                if (ready.Skipped > StarvationBound && ready.Ledger.ClosedBecause is null && ready.Ledger.IsFeasible(ready.Shape)
                    && (_starving is null || _starving.Count == 0))
                {
                    _starving = ready;
                }

                continue;
            }

            TaskRecord? task = ready.Peek(wantedOnly || MustWait(ready));
            if (task is null || (elsewhere && task.Options.Process == ProcessKind.Node))
            {
                continue;
            }

            if (ready == _starving)
            {
                _starving = null;
            }

            ready.Skipped = 0;
            _turn = at + 1 < _classes.Count ? at + 1 : 0;
            ready.Remove(task);
            gpus = ready.Ledger.Acquire(ready.Shape);
            return task;
        }

        return null;
    }

    /// <summary>Takes the next ready task of the same job, shape, sort of process and environment, without resources; null: there is none.</summary>
    public TaskRecord? TryTakeRider(TaskRecord leader)
    {
        ReadyClass ready = ClassOf(leader.Options);
        if (MustWait(ready) || ready.Peek(leader.Job) is not { Kind: TaskKind.Normal } task || task.Options.Process != leader.Options.Process
            || !Equals(task.Options.Environment, leader.Options.Environment))
        {
            return null;
        }

        ready.Remove(task);
        return task;
    }

    /// <summary>How many tasks could start now, counting at most <paramref name="limit"/>.</summary>
    public int Startable(int limit, bool wantedOnly = false)
    {
        int count = 0;
        foreach (ReadyClass ready in _classes)
        {
            int waiting = wantedOnly || MustWait(ready) ? ready.WantedCount : ready.Count;
            if (waiting > 0)
            {
                count += ready.Ledger.HowMany(ready.Shape, Math.Min(limit, waiting));
                if (count >= limit)
                {
                    return limit;
                }
            }
        }

        return count;
    }

    /// <summary>Takes up to so many of the tasks that came last out of the queues of the node's own resources.</summary>
    public List<TaskRecord> TakeYoungest(int most, Func<TaskRecord, bool> isMovable)
    {
        List<TaskRecord> taken = [];
        foreach (ReadyClass ready in _classes)
        {
            if (ready.Ledger == Ledger)
            {
                ready.TakeYoungest(most, isMovable, taken);
            }
        }

        return taken;
    }

    public void Forget(JobRecord job)
    {
        foreach (ReadyClass ready in _classes)
        {
            ready.Forget(job);
        }
    }

    /// <summary>Drops the classes of a reservation that is gone; their queues are empty.</summary>
    public void Forget(ResourceLedger reservation)
    {
        foreach (ReadyClass ready in _classes.Where(c => c.Ledger == reservation).ToList())
        {
            _classes.Remove(ready);
            _byShape.Remove((reservation, ready.Shape));
        }

        _turn = 0;
    }

    /// <summary>
    /// Whether a shape that was passed over too often has what becomes free reserved for it. Not while nothing will become free,
    /// because what actors and reservations keep may be what it lacks, and not while it lacks something else than CPU.
    /// </summary>
    private bool MustWait(ReadyClass ready) =>
        _starving is { Count: > 0 } starving && starving != ready && starving.Ledger == ready.Ledger && ready.Shape.Cpu > 0
        && ready.Ledger.PassingGrants > 0 && starving.Ledger.FitsButForCpu(starving.Shape);

    private void ForgetUnused()
    {
        foreach (ReadyClass ready in _classes.Where(c => c.Count == 0 && c != _default).ToList())
        {
            _classes.Remove(ready);
            _byShape.Remove((ready.Ledger, ready.Shape));
        }

        _turn = 0;
        _forgetAt = Math.Max(ShapeBound, 2 * _classes.Count);
    }

    private ReadyClass ClassOf(TaskOptions options)
    {
        ResourceShape shape = options.Shape;
        if (ReferenceEquals(shape, ResourceShape.OneCpu) && options.Reservation is null)
        {
            return _default;
        }

        ResourceLedger ledger = options.Reservation ?? Ledger;
        if (!_byShape.TryGetValue((ledger, shape), out ReadyClass? ready))
        {
            if (_classes.Count > _forgetAt)
            {
                ForgetUnused();
            }

            ready = new ReadyClass(ledger, shape);
            _byShape.Add((ledger, shape), ready);
            _classes.Add(ready);
        }

        return ready;
    }
}
