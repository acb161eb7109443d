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

    /// <summary>From how many shapes on those that nothing waits for are dropped.</summary>
    private const int FirstPrune = 64;

    private readonly Dictionary<(ResourceLedger Ledger, ResourceShape Shape), ReadyClass> _byShape = [];
    private readonly List<ReadyClass> _classes = [];
    private readonly ReadyClass _default;
    private ReadyClass? _starving;
    private int _pruneAt = FirstPrune;
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
    public TaskRecord? TryTake(bool wantedOnly, out int[]? gpus)
    {
        gpus = null;
        ReadyClass? starving = Starving();
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
                _starving ??= ready.Skipped > StarvationBound ? ready : null;
                continue;
            }

            TaskRecord? task = ready.Peek(wantedOnly || IsReserved(starving, ready));
            if (task is null)
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

    /// <summary>How many tasks could start now, counting at most <paramref name="limit"/>.</summary>
    public int Startable(int limit, bool wantedOnly = false)
    {
        int count = 0;
        ReadyClass? starving = Starving();
        foreach (ReadyClass ready in _classes)
        {
            int waiting = wantedOnly || IsReserved(starving, ready) ? ready.WantedCount : ready.Count;
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

    /// <summary>The shape for which free CPU is being saved; null when there is none.</summary>
    private ReadyClass? Starving()
    {
        if (_starving is null)
        {
            return null;
        }

        if (_starving.Count == 0 || _starving.Skipped <= StarvationBound)
        {
            _starving = null;
            return null;
        }

        // Saving CPU helps only where that is all that is missing, and where running attempts will give it back.
        return _starving.Ledger.Fits(_starving.Shape) || _starving.Ledger.LacksCpuOnly(_starving.Shape) ? _starving : null;
    }

    private static bool IsReserved(ReadyClass? starving, ReadyClass ready) =>
        starving is not null && starving != ready && starving.Ledger == ready.Ledger && ready.Shape.Cpu > 0;

    private void Prune()
    {
        foreach (ReadyClass empty in _classes.Where(c => c.Count == 0 && c != _default).ToList())
        {
            _classes.Remove(empty);
            _byShape.Remove((empty.Ledger, empty.Shape));
        }

        _turn = 0;
        _pruneAt = Math.Max(FirstPrune, 2 * _classes.Count);
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
            if (_classes.Count >= _pruneAt)
            {
                Prune();
            }

            ready = new ReadyClass(ledger, shape);
            _byShape.Add((ledger, shape), ready);
            _classes.Add(ready);
        }

        return ready;
    }
}
