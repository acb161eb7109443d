namespace RayOrleans.Core;

/// <summary>
/// Decides whose arguments are pulled: all that a task needs here, or none of them, in order of arrival, while those that are admitted take at most a share of the
/// store. A pulled copy that no attempt reads can always be evicted, so who waits holds no memory that others cannot have; what this prevents is tasks that push each
/// other's arguments out for ever. The first of those that are not complete is admitted whatever its size. Where the store proves to have less room, because a copy that
/// was pulled for an admitted task is evicted or there is no room for one, all others step back until it is complete; one for which there is no room in time gives its
/// turn to the next, which may be what the room is waiting for. Belongs to the engine's lock.
/// </summary>
/// <param name="budgetBytes">The share.</param>
/// <param name="again">Takes tasks whose inputs must be looked at again.</param>
internal sealed class ArgumentAdmission(long budgetBytes, Queue<TaskRecord> again)
{
    private readonly LinkedList<ArgumentSet> _waiting = new();
    private readonly LinkedList<ArgumentSet> _admitted = new();
    private readonly long _budget = budgetBytes;
    private long _limit = budgetBytes;
    private long _last;
    private int _incomplete;
    private long _losses;

    /// <summary>Bytes of what admitted tasks need, each object once.</summary>
    public long AdmittedBytes { get; private set; }

    /// <summary>How many tasks have been admitted so far; one that comes again counts again.</summary>
    public long Admissions { get; private set; }

    /// <summary>Whether <see cref="Decide"/> may admit something.</summary>
    public bool IsDue { get; private set; }

    public ArgumentTotals Totals => new(_waiting.Count, _admitted.Count, _incomplete, AdmittedBytes);

    /// <summary>The task waits for arguments that must be here. It comes into the line once all of them exist; one that was there before keeps its place.</summary>
    public void Await(TaskRecord task)
    {
        ArgumentSet set = task.Arguments ??= new ArgumentSet(this, task);
        set.LossesSeen = _losses;
        Withdraw(set);
        TryEnter(set);
    }

    /// <summary>An object does not exist any more. A task that has seen it settled does not watch it any longer, and is not told.</summary>
    public void OnLost() => _losses++;

    /// <summary>One of the task's inputs exists now.</summary>
    public void OnInput(TaskRecord task)
    {
        if (task.Arguments is { Place: null } set)
        {
            TryEnter(set);
        }
    }

    /// <summary>One of the task's inputs does not exist any more: until it is made again the others are not waited for.</summary>
    public void OnInputLost(TaskRecord task)
    {
        if (task.Arguments is { } set)
        {
            Withdraw(set);
        }
    }

    public void OnState(ArgumentSet set, TaskState state)
    {
        if (state == TaskState.Ready)
        {
            Complete(set);
        }
        else if (state != TaskState.Waiting)
        {
            Withdraw(set);
            set.Task.Arguments = null;
        }
    }

    /// <summary>Admits what may be; returns whose arguments are to be pulled from now on.</summary>
    public List<ArgumentSet> Decide()
    {
        IsDue = false;
        List<ArgumentSet> admitted = [];
        while (_waiting.First is { Value: { } set } place)
        {
            Count(set);
            if (_incomplete > 0 && AdmittedBytes > _limit)
            {
                Uncount(set);
                break;
            }

            _waiting.Remove(place);
            _admitted.AddLast(place);
            set.IsAdmitted = true;
            _incomplete++;
            Admissions++;
            admitted.Add(set);
        }

        return admitted;
    }

    /// <summary>A copy was taken away by others who needed room.</summary>
    public void OnEvicted(SharedState state)
    {
        if (state.AdmittedFor > 0)
        {
            StepBack();
        }
    }

    /// <summary>There was no room in time for a value that was to be pulled.</summary>
    public void OnNoRoom(SharedState state)
    {
        if (state.AdmittedFor > 0 && StepBack() is { } first && first.Counted.Contains(state))
        {
            Withdraw(first);
            first.Number = 0;
            TryEnter(first);
        }
    }

    private void TryEnter(ArgumentSet set)
    {
        ObjectEntry[] inputs = set.Task.Inputs!;
        int count = set.Task.DependencyCount;
        while (set.Cursor < count && inputs[set.Cursor].Status != ObjectStatus.Pending)
        {
            set.Cursor++;
        }

        if (set.Cursor < count)
        {
            LookAgain(set);
            return;
        }

        bool isAnyElsewhere = false;
        for (int i = 0; i < count; i++)
        {
            if (inputs[i].Status == ObjectStatus.Pending)
            {
                // Lost again since it was passed.
                set.Cursor = i;
                LookAgain(set);
                return;
            }

            isAnyElsewhere |= inputs[i].Status == ObjectStatus.Remote;
        }

        if (isAnyElsewhere)
        {
            Enter(set);
        }
    }

    /// <summary>
    /// The task waits for something that does not exist. It may have been there before, and been lost; then the task does not watch it, and nobody asks for it.
    /// </summary>
    private void LookAgain(ArgumentSet set)
    {
        if (set.LossesSeen != _losses)
        {
            set.LossesSeen = _losses;
            again.Enqueue(set.Task);
        }
    }

    private void Enter(ArgumentSet set)
    {
        set.Number = set.Number == 0 ? ++_last : set.Number;
        LinkedListNode<ArgumentSet>? before = _waiting.Last;
        while (before is not null && before.Value.Number > set.Number)
        {
            before = before.Previous;
        }

        set.Place = before is null ? _waiting.AddFirst(set) : _waiting.AddAfter(before, set);
        IsDue = true;
    }

    private void Complete(ArgumentSet set)
    {
        if (!set.IsAdmitted)
        {
            Withdraw(set);
        }
        else if (!set.IsComplete)
        {
            set.IsComplete = true;
            _incomplete--;
            _limit = Math.Min(_budget, Math.Max(2 * _limit, _limit + set.Counted.Sum(static s => s.AdmittedBytes)));
            IsDue |= _waiting.Count > 0;
        }
    }

    private void Withdraw(ArgumentSet set)
    {
        set.Cursor = 0;
        if (set.Place is not { } place)
        {
            return;
        }

        place.List!.Remove(place);
        set.Place = null;
        if (set.IsAdmitted)
        {
            _incomplete -= set.IsComplete ? 0 : 1;
            set.IsAdmitted = set.IsComplete = false;
            Uncount(set);
        }

        IsDue |= _waiting.Count > 0;
    }

    /// <summary>Leaves only the first of those that are not complete; returns it.</summary>
    private ArgumentSet? StepBack()
    {
        _limit = 0;
        ArgumentSet? first = null;
        foreach (ArgumentSet set in _admitted)
        {
            if (!set.IsComplete && (first is null || set.Number < first.Number))
            {
                first = set;
            }
        }

        foreach (ArgumentSet set in _admitted.Where(s => !s.IsComplete && s != first).ToList())
        {
            Withdraw(set);
            Enter(set);
        }

        return first;
    }

    private void Count(ArgumentSet set)
    {
        ObjectEntry[] inputs = set.Task.Inputs!;
        for (int i = 0; i < set.Task.DependencyCount; i++)
        {
            if (inputs[i].Shared is not { } state || (inputs[i].Status != ObjectStatus.Remote && !ClusterMachine.IsPulled(inputs[i])))
            {
                continue;
            }

            set.Counted.Add(state);
            if (state.AdmittedFor++ == 0)
            {
                state.AdmittedBytes = inputs[i].Size;
                AdmittedBytes += state.AdmittedBytes;
            }
        }
    }

    private void Uncount(ArgumentSet set)
    {
        foreach (SharedState state in set.Counted)
        {
            if (--state.AdmittedFor == 0)
            {
                AdmittedBytes -= state.AdmittedBytes;
            }
        }

        set.Counted.Clear();
    }
}
