namespace RayOrleans;

/// <summary>
/// How tasks and actors run. Immutable, compared by content, reusable, and thread-safe: make one with <c>Ray.Options(...)</c>,
/// change it with <c>with</c>, and call <c>Remote</c>, <c>Stream</c> or <c>Actor</c> on it.
/// It may be made before any runtime is started: <c>static readonly RemoteOptions Heavy = Ray.Options(numCpus: 2);</c>
/// </summary>
/// <remarks>Values that are negative, unknown or finer than 1/10,000 throw <see cref="ArgumentException"/> at once, which names the option.</remarks>
public sealed partial record RemoteOptions
{
    private readonly double? _numCpus;
    private readonly double? _numGpus;
    private readonly long? _memory;
    private readonly OptionMap<double>? _resources;
    private readonly int _maxRetries = DefaultMaxRetries;
    private readonly string? _name;
    private readonly string? _namespace;
    private readonly ActorLifetime _lifetime;
    private readonly int _maxRestarts;
    private readonly int _maxTaskRetries;
    private readonly int? _maxConcurrency;
    private readonly int? _maxPendingCalls;
    private readonly OptionMap<int>? _concurrencyGroups;
    private readonly int? _checkpointEvery;
    private readonly SchedulingStrategy _schedulingStrategy = SchedulingStrategy.Default;
    private readonly OptionMap<string>? _labelSelector;
    private readonly Isolation _isolation;

    /// <summary>How often a task is retried after failures of the system, unless it says otherwise.</summary>
    internal const int DefaultMaxRetries = 3;

    /// <summary>CPUs, exact to 1/10,000; null: 1 for a task; for an actor 1 to place it and 0 while it lives.</summary>
    public double? NumCpus
    {
        get => _numCpus;
        init => _numCpus = OptionCheck.Amount(value, "numCpus");
    }

    /// <summary>GPUs, exact to 1/10,000; null: none.</summary>
    public double? NumGpus
    {
        get => _numGpus;
        init => _numGpus = OptionCheck.Amount(value, "numGpus");
    }

    /// <summary>Memory to reserve when scheduling, in bytes; null: none.</summary>
    public long? Memory
    {
        get => _memory;
        init => _memory = OptionCheck.Bytes(value, "memory");
    }

    /// <summary>Other resources by name, exact to 1/10,000; null: none. CPUs, GPUs and memory have options of their own.</summary>
    public IReadOnlyDictionary<string, double>? Resources
    {
        get => _resources;
        init => _resources = OptionCheck.Resources(value, "resources");
    }

    /// <summary>How often a task is retried when its node or worker dies, or for an exception of <see cref="RetryExceptions"/>; -1: without bound; 3 by default.</summary>
    public int MaxRetries
    {
        get => _maxRetries;
        init => _maxRetries = OptionCheck.AtLeast(value, -1, "maxRetries", "-1 means without bound");
    }

    /// <summary>Which exceptions of user code are retried as well, within <see cref="MaxRetries"/>, or <see cref="MaxTaskRetries"/> for an actor's calls; none by default.</summary>
    public RetryExceptions RetryExceptions { get; init; }

    /// <summary>The task's name in listings; for an actor the name that <c>Ray.GetActor</c> finds it by.</summary>
    public string? Name
    {
        get => _name;
        init => _name = OptionCheck.Name(value, "name");
    }

    /// <summary>The namespace of an actor's name; null: the job's.</summary>
    public string? Namespace
    {
        get => _namespace;
        init => _namespace = OptionCheck.Name(value, "namespace");
    }

    /// <summary>How long an actor lives.</summary>
    public ActorLifetime Lifetime
    {
        get => _lifetime;
        init => _lifetime = OptionCheck.Known(value, "lifetime");
    }

    /// <summary>How often an actor is restarted after a failure of the system; -1: without bound; 0 by default.</summary>
    public int MaxRestarts
    {
        get => _maxRestarts;
        init => _maxRestarts = OptionCheck.AtLeast(value, -1, "maxRestarts", "-1 means without bound");
    }

    /// <summary>How often a call of an actor is retried when the actor fails while it runs; -1: without bound; 0 by default.</summary>
    public int MaxTaskRetries
    {
        get => _maxTaskRetries;
        init => _maxTaskRetries = OptionCheck.AtLeast(value, -1, "maxTaskRetries", "-1 means without bound");
    }

    /// <summary>How many calls of an actor may run at a time; null: 1, or 1,000 for asynchronous methods.</summary>
    public int? MaxConcurrency
    {
        get => _maxConcurrency;
        init => _maxConcurrency = OptionCheck.AtLeast(value, 1, "maxConcurrency", "calls at a time");
    }

    /// <summary>How many calls of an actor may wait, before the next one throws <see cref="PendingCallsLimitExceededException"/>; null: without bound.</summary>
    public int? MaxPendingCalls
    {
        get => _maxPendingCalls;
        init => _maxPendingCalls = OptionCheck.AtLeast(value, 1, "maxPendingCalls", "waiting calls");
    }

    /// <summary>Whether the actor of that name is returned where there is one; else a duplicate name throws <see cref="ActorAlreadyExistsException"/>.</summary>
    public bool GetIfExists { get; init; }

    /// <summary>Concurrency groups of an actor: name and calls at a time. Methods are put into one by <see cref="ConcurrencyGroupAttribute"/>.</summary>
    public IReadOnlyDictionary<string, int>? ConcurrencyGroups
    {
        get => _concurrencyGroups;
        init => _concurrencyGroups = OptionCheck.Counts(value, "concurrencyGroups");
    }

    /// <summary>After how many logged calls an <see cref="ICheckpointable"/> actor is saved; null: it is not, and restarts from its constructor.</summary>
    public int? CheckpointEvery
    {
        get => _checkpointEvery;
        init => _checkpointEvery = OptionCheck.AtLeast(value, 1, "checkpointEvery", "calls between checkpoints");
    }

    /// <summary>Whether an actor's state also survives a restart of the whole cluster.</summary>
    public bool Durable { get; init; }

    /// <summary>Which node to go to.</summary>
    public SchedulingStrategy SchedulingStrategy
    {
        get => _schedulingStrategy;
        init => _schedulingStrategy = value ?? SchedulingStrategy.Default;
    }

    /// <summary>What the node's labels must be, by label: a value, <c>!value</c>, <c>in(a,b)</c> or <c>!in(a,b)</c>; null: anything.</summary>
    public IReadOnlyDictionary<string, string>? LabelSelector
    {
        get => _labelSelector;
        init => _labelSelector = OptionCheck.Texts(value, "labelSelector");
    }

    /// <summary>Where the code runs: threads of the silo or worker processes.</summary>
    public Isolation Isolation
    {
        get => _isolation;
        init => _isolation = OptionCheck.Known(value, "isolation");
    }

    /// <summary>Environment variables and files of the process that runs the code; null: the job's.</summary>
    public RuntimeEnv? RuntimeEnv { get; init; }

    /// <summary>
    /// Whether a request that no node could ever satisfy fails with <see cref="TaskUnschedulableException"/>.
    /// By default it waits for such a node and is reported by the state listing and the log.
    /// </summary>
    public bool FailIfUnschedulable { get; init; }
}
