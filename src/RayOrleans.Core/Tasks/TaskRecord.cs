namespace RayOrleans.Core;

/// <summary>
/// A task from submission to its end, with the entry of its (first) result inside: one packed record for engine, lineage and state listings.
/// Written only under the engine's lock.
/// </summary>
public sealed class TaskRecord : ObjectEntry
{
    /// <summary>Makes a record that is ready to be submitted.</summary>
    /// <param name="id">The task's id.</param>
    /// <param name="job">The job it belongs to.</param>
    /// <param name="parent">The attempt that submits it; null for a driver.</param>
    /// <param name="options">Its options.</param>
    public TaskRecord(TaskId id, JobRecord job, Attempt? parent, TaskOptions options)
        : base(id, 0)
    {
        Job = job;
        Parent = parent;
        ParentId = parent?.Task.TaskId ?? job.Root;
        Options = options;
        Depth = parent is null ? 0 : parent.Task.Depth + 1;
    }

    // Most tasks never leave their node: what only the others need is made when it is first set.
    private TaskBeyond? _beyond;
    private TaskState _state;
    private ActorRecord? _actor;

    private TaskBeyond Beyond => _beyond ??= new TaskBeyond();

    /// <inheritdoc/>
    public override TaskRecord? Producer => this;

    /// <summary>What the record stands for.</summary>
    public TaskKind Kind { get; init; }

    /// <summary>The order in which calls to actors elsewhere were first sent; restores that order when some come back.</summary>
    internal long CallNumber
    {
        get => _beyond?.CallNumber ?? 0;
        set => Beyond.CallNumber = value;
    }

    /// <summary>What its attempt put and its result refers to, by index; null: nothing.</summary>
    internal Dictionary<int, ObjectEntry>? Nested => _beyond?.Nested;

    /// <summary>The indices of results that the attempt which runs elsewhere does not make, because they are there; null: it makes all.</summary>
    internal HashSet<int>? Kept
    {
        get => _beyond?.Kept;
        set
        {
            if (value is not null || _beyond is not null)
            {
                Beyond.Kept = value;
            }
        }
    }

    /// <summary>What it needs here together, while it waits for that or for its start; null: nothing that is pulled.</summary>
    internal ArgumentSet? Arguments
    {
        get => _beyond?.Arguments;
        set
        {
            if (value is not null || _beyond is not null)
            {
                Beyond.Arguments = value;
            }
        }
    }

    internal void AddNested(ObjectEntry entry)
    {
        entry.PartOf = this;
        (Beyond.Nested ??= [])[entry.Id.Index] = entry;
    }

    internal bool IsNotedUnplaceable { get; set; }

    /// <summary>Whether its results are the items of a stream.</summary>
    public StreamRecord? Stream { get; init; }

    /// <summary>The actor it creates or calls.</summary>
    public ActorRecord? Actor { get => _actor; init => _actor = value; }

    /// <summary>The actor is known here by another record than when it was called first.</summary>
    internal void CallsNow(ActorRecord actor) => _actor = actor;

    /// <summary>The index of the actor's concurrency lane.</summary>
    public int Lane { get; set; }

    /// <summary>The state.</summary>
    public TaskState State
    {
        get => _state;
        internal set
        {
            _state = value;
            _beyond?.Arguments?.OnState(value);
        }
    }

    /// <summary>The node that owns it, for a task that was sent here to run; none for one of this node's own.</summary>
    public NodeId Origin
    {
        get => _beyond?.Origin ?? NodeId.None;
        internal set => Beyond.Origin = value;
    }

    /// <summary>The node it was sent to, while it is there.</summary>
    public NodeId RunsOn
    {
        get => _beyond?.RunsOn ?? NodeId.None;
        internal set => Beyond.RunsOn = value;
    }

    /// <summary>About how many bytes the payload takes on the wire.</summary>
    public int PayloadBytes { get; set; }

    /// <summary>The job.</summary>
    public JobRecord Job { get; }

    /// <summary>The options.</summary>
    public TaskOptions Options { get; internal set; }

    /// <summary>The task that submitted it, or the job's root.</summary>
    public TaskId ParentId { get; internal set; }

    /// <summary>Its distance from the driver.</summary>
    public int Depth { get; internal set; }

    /// <summary>The runtime's form of the call; null once no attempt can be needed any more.</summary>
    public object? Payload { get; set; }

    /// <summary>The runtime's description of the function; for people and statistics.</summary>
    public object? Function { get; set; }

    /// <summary>The name of the function or the one the user gave, for messages.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// The objects it needs: first those whose values are arguments (<see cref="DependencyCount"/>), then those its arguments refer to.
    /// </summary>
    public ObjectEntry[]? Inputs { get; set; }

    /// <summary>How many of <see cref="Inputs"/> must be settled before it starts.</summary>
    public int DependencyCount { get; set; }

    /// <summary>The parts of a tuple result, as objects of their own; they are kept while the tuple is held, besides by their own holds.</summary>
    public ObjectEntry[]? Parts { get; set; }

    /// <summary>The number of the attempt that runs or ran last, from 0.</summary>
    public int AttemptNumber { get; internal set; }

    /// <summary>Attempts that count against <see cref="TaskOptions.MaxRetries"/>.</summary>
    public int RetriesUsed { get; internal set; }

    /// <summary>The running attempt.</summary>
    public Attempt? Current { get; internal set; }

    /// <summary>The attempt that submitted it, while that runs.</summary>
    public Attempt? Parent { get; internal set; }

    /// <summary>When it was submitted, in the runtime's ticks.</summary>
    public long SubmittedAt { get; set; }

    /// <summary>Whether it has ended.</summary>
    public bool IsTerminal => State >= TaskState.Succeeded;

    internal bool IsForeign => _beyond is not null && _beyond.Origin != NodeId.None;

    internal int MissingInputs { get; set; }

    /// <summary>Whether the message that sends it to another node has left.</summary>
    internal bool HasLeft { get; set; }

    /// <summary>Whether it waits until its inputs are here; otherwise until they exist anywhere.</summary>
    internal bool NeedsLocal { get; set; }

    /// <summary>Whether it was decided that it runs here.</summary>
    internal bool IsPlacedHere { get; set; }

    /// <summary>How often it has been sent on.</summary>
    internal int Hops
    {
        get => _beyond?.Hops ?? 0;
        set => Beyond.Hops = value;
    }

    /// <summary>How often it was repeated without charge, because the process that it was in had ended.</summary>
    internal int Spared
    {
        get => _beyond?.Spared ?? 0;
        set
        {
            if (value != 0 || _beyond is not null)
            {
                Beyond.Spared = (byte)value;
            }
        }
    }

    /// <summary>How often of those it may have been the one that ended the process.</summary>
    internal int Suspected
    {
        get => _beyond?.Suspected ?? 0;
        set
        {
            if (value != 0 || _beyond is not null)
            {
                Beyond.Suspected = (byte)value;
            }
        }
    }

    /// <summary>How often it was repeated without charge, because the node's memory had run out while others of its caller ran there.</summary>
    internal int MemorySpared
    {
        get => _beyond?.MemorySpared ?? 0;
        set => Beyond.MemorySpared = (ushort)Math.Min(value, ushort.MaxValue);
    }

    /// <summary>How often the node's memory ran out while it was the last of its caller; counted where nothing else bounds its attempts.</summary>
    internal int MemoryAlone
    {
        get => _beyond?.MemoryAlone ?? 0;
        set => Beyond.MemoryAlone = (byte)value;
    }

    /// <summary>Whether its inputs' lineage is kept for it.</summary>
    internal bool LineageHeld { get; set; }

    /// <summary>Whether that was given up because its job keeps too much of it: the task cannot run again.</summary>
    internal bool IsLineageEvicted { get; set; }

    internal bool InputsUsed { get; set; }

    /// <summary>Whether the parts are kept because this entry is held.</summary>
    internal bool PartsUsed { get; set; }

    /// <summary>Its places in the lists of the inputs it waits for.</summary>
    internal Edge? Edges { get; set; }

    /// <summary>Whether a blocked attempt waits for it, directly or through its dependents.</summary>
    internal bool IsWanted { get; set; }

    /// <summary>Which node, and for which attempt, was told that it is waited for.</summary>
    internal (NodeId Node, int Attempt) WantTold { get; set; }

    /// <summary>Whether the hold made at submission is still there; other holds are somebody else's.</summary>
    internal bool SubmitterHolds { get; set; }

    /// <summary>Whether it stands in its caller's queue, behind a call whose inputs are missing.</summary>
    internal bool IsHeldBack { get; set; }

    internal bool IsRebuild { get; set; }

    /// <summary>The caller's order key within its actor's mailbox.</summary>
    internal TaskId CallerKey => ParentId;

    internal TaskQueue? Queue { get; set; }

    internal TaskRecord? QueuePrevious { get; set; }

    internal TaskRecord? QueueNext { get; set; }

    internal TaskRecord? PreviousSibling { get; set; }

    internal TaskRecord? NextSibling { get; set; }
}
