namespace RayOrleans.Core;

/// <summary>One execution of a task on a worker. Results are accepted only from the task's current attempt.</summary>
public sealed class Attempt
{
    private long _children;

    internal Attempt(TaskRecord task, int number, ResourceLedger? ledger, int[]? gpus)
    {
        Task = task;
        Number = number;
        Payload = task.Payload;
        Ledger = ledger;
        Gpus = gpus;
    }

    /// <summary>The task.</summary>
    public TaskRecord Task { get; }

    /// <summary>What to run, as it was when the attempt started: the record drops its own when the task ends early.</summary>
    public object? Payload { get; set; }

    /// <summary>The attempt's number: no two attempts of a task have the same, whichever owners they had.</summary>
    public int Number { get; }

    /// <summary>Which attempt of the task it is, from 0, for people.</summary>
    public int Ordinal => OrdinalOf(Number);

    /// <summary>Which attempt a number stands for, from 0: owners number theirs from different bases, and go on counting.</summary>
    public static int OrdinalOf(int number) => number % TableRow.AttemptsPerOwner;

    /// <summary>The actor's incarnation it belongs to.</summary>
    public int Incarnation { get; init; }

    /// <summary>The GPU devices granted.</summary>
    public IReadOnlyList<int>? GpuIds => Ledger is { } ledger ? ledger.DevicesOf(Gpus) : Gpus;

    /// <summary>Its place among the calls that its actor has started, from 0.</summary>
    public long StartNumber { get; internal set; }

    internal int[]? Gpus { get; }

    /// <summary>Whether its result can no longer be accepted: cancelled, superseded, or its actor died. The body may still run.</summary>
    public bool IsAbandoned => _abandoned;

    /// <summary>Whether it was cancelled by force: a process that runs it and nothing else ends.</summary>
    public bool IsForced { get; internal set; }

    /// <summary>Whether the worker has reported its end.</summary>
    public bool IsEnded { get; internal set; }

    /// <summary>Whether it has given its CPU back while it waits.</summary>
    public bool IsBlocked => BlockCount > 0;

    /// <summary>The runtime's side of the attempt.</summary>
    public object? Host { get; set; }

    // Most attempts have nothing to do with processes: what only those need is made when it is first set.
    private AttemptInProcess? _inProcess;

    private AttemptInProcess InProcess => _inProcess ??= new AttemptInProcess();

    /// <summary>In a process: how long its body took; told to the node.</summary>
    public long Microseconds
    {
        get => _inProcess?.Microseconds ?? 0;
        set => InProcess.Microseconds = value;
    }

    internal ResourceLedger? Ledger { get; set; }

    /// <summary>Those with whom it shares a grant; null: it has one of its own.</summary>
    internal Lease? Lease
    {
        get => _inProcess?.Lease;
        set
        {
            if (value is not null || _inProcess is not null)
            {
                InProcess.Lease = value;
            }
        }
    }

    /// <summary>Whether it waits in a process until another one passes its grant on.</summary>
    internal bool IsWaitingToRide => Lease is not null && Ledger is null;

    /// <summary>The process that runs it; null: this one.</summary>
    public NodeSession? Session
    {
        get => _inProcess?.Session;
        internal set => InProcess.Session = value;
    }

    /// <summary>The inputs it still holds after its task has let go of them: its body may be reading them until it ends.</summary>
    internal ObjectEntry[]? HeldInputs { get; set; }

    internal int BlockCount { get; set; }

    /// <summary>What it waits for without bound, while it does.</summary>
    internal ObjectEntry[]? BlockedOn { get; set; }

    internal TaskRecord? FirstChild { get; set; }

    private volatile bool _abandoned;

    /// <summary>The id for the next task or put that this attempt makes. Thread-safe, needs no lock.</summary>
    public TaskId NextChildId() => Task.TaskId.Child(Number, Interlocked.Increment(ref _children));

    internal void Abandon() => _abandoned = true;

    internal void AddChild(TaskRecord child)
    {
        child.NextSibling = FirstChild;
        if (FirstChild is not null)
        {
            FirstChild.PreviousSibling = child;
        }

        FirstChild = child;
    }

    internal void RemoveChild(TaskRecord child)
    {
        if (child.PreviousSibling is null)
        {
            FirstChild = child.NextSibling;
        }
        else
        {
            child.PreviousSibling.NextSibling = child.NextSibling;
        }

        if (child.NextSibling is not null)
        {
            child.NextSibling.PreviousSibling = child.PreviousSibling;
        }

        child.PreviousSibling = child.NextSibling = null;
        child.Parent = null;
    }
}
