namespace RayOrleans;

/// <content>Options.</content>
public static partial class Ray
{
    /// <summary>Options for the calls made through them; immutable and reusable. See <see cref="RemoteOptions"/> for each one.</summary>
    /// <param name="numCpus">CPUs, exact to 1/10,000; null: 1 for a task; for an actor 1 to place it and 0 while it lives.</param>
    /// <param name="numGpus">GPUs, exact to 1/10,000; null: none.</param>
    /// <param name="memory">Memory to reserve, in bytes; null: none.</param>
    /// <param name="resources">Other resources by name, exact to 1/10,000.</param>
    /// <param name="maxRetries">How often a task is retried after failures of the system; -1: without bound.</param>
    /// <param name="retryExceptions">Which exceptions of user code are retried as well: <c>true</c>, <c>false</c> or <c>[typeof(X), ..]</c>.</param>
    /// <param name="name">A task's name in listings, or the name an actor is found by.</param>
    /// <param name="namespace">The namespace of an actor's name; null: the job's.</param>
    /// <param name="lifetime">How long an actor lives.</param>
    /// <param name="maxRestarts">How often an actor is restarted; -1: without bound.</param>
    /// <param name="maxTaskRetries">How often a call of an actor is retried when the actor fails; -1: without bound.</param>
    /// <param name="maxConcurrency">How many calls of an actor may run at a time; null: 1, or 1,000 for asynchronous methods.</param>
    /// <param name="maxPendingCalls">How many calls of an actor may wait; null: without bound.</param>
    /// <param name="getIfExists">Whether an existing actor of that name is returned.</param>
    /// <param name="concurrencyGroups">Concurrency groups of an actor: name and calls at a time.</param>
    /// <param name="checkpointEvery">After how many logged calls an <see cref="ICheckpointable"/> actor is saved.</param>
    /// <param name="durable">Whether an actor's state also survives a restart of the whole cluster.</param>
    /// <param name="schedulingStrategy">Which node to go to.</param>
    /// <param name="labelSelector">What the node's labels must be, by label.</param>
    /// <param name="isolation">Where the code runs.</param>
    /// <param name="runtimeEnv">Environment variables and files of the process that runs the code.</param>
    /// <param name="failIfUnschedulable">Whether a request that no node could ever satisfy fails instead of waiting.</param>
    /// <exception cref="ArgumentException">A value is negative, unknown or too fine; the message names the option.</exception>
    public static RemoteOptions Options(
        double? numCpus = null,
        double? numGpus = null,
        long? memory = null,
        Dictionary<string, double>? resources = null,
        int maxRetries = RemoteOptions.DefaultMaxRetries,
        RetryExceptions retryExceptions = default,
        string? name = null,
        string? @namespace = null,
        ActorLifetime lifetime = ActorLifetime.Default,
        int maxRestarts = 0,
        int maxTaskRetries = 0,
        int? maxConcurrency = null,
        int? maxPendingCalls = null,
        bool getIfExists = false,
        Dictionary<string, int>? concurrencyGroups = null,
        int? checkpointEvery = null,
        bool durable = false,
        SchedulingStrategy? schedulingStrategy = null,
        Dictionary<string, string>? labelSelector = null,
        Isolation isolation = Isolation.Default,
        RuntimeEnv? runtimeEnv = null,
        bool failIfUnschedulable = false) =>
        new()
        {
            NumCpus = numCpus,
            NumGpus = numGpus,
            Memory = memory,
            Resources = resources,
            MaxRetries = maxRetries,
            RetryExceptions = retryExceptions,
            Name = name,
            Namespace = @namespace,
            Lifetime = lifetime,
            MaxRestarts = maxRestarts,
            MaxTaskRetries = maxTaskRetries,
            MaxConcurrency = maxConcurrency,
            MaxPendingCalls = maxPendingCalls,
            GetIfExists = getIfExists,
            ConcurrencyGroups = concurrencyGroups,
            CheckpointEvery = checkpointEvery,
            Durable = durable,
            SchedulingStrategy = schedulingStrategy!,
            LabelSelector = labelSelector,
            Isolation = isolation,
            RuntimeEnv = runtimeEnv,
            FailIfUnschedulable = failIfUnschedulable,
        };
}
