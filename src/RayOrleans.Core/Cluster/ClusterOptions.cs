namespace RayOrleans.Core;

/// <summary>What an engine must know to be one of several.</summary>
public sealed record ClusterOptions
{
    /// <summary>The node's id, which is also its incarnation.</summary>
    public required NodeId Self { get; init; }

    /// <summary>Over how many shards the tables of the GCS are spread.</summary>
    public required int ShardCount { get; init; }

    /// <summary>Values up to this size travel inside messages, in bytes; larger ones are pulled from the store that has them.</summary>
    public long InlineBytes { get; init; } = 100 * 1024;

    /// <summary>The size of the node's object store, in bytes.</summary>
    public long StoreBytes { get; init; } = long.MaxValue;

    /// <summary>What the arguments of tasks that are pulled for at a time may take of the store, in bytes; null: half of it. Those of one task are always let in.</summary>
    public long? ArgumentBytes { get; init; }

    /// <summary>Whether the store writes values that were made here to disk when it is full.</summary>
    public bool StoreSpills { get; init; }

    /// <summary>Inputs elsewhere that are together smaller than this do not keep a task from running here, in bytes.</summary>
    public long SmallInputBytes { get; init; } = 1 << 20;

    /// <summary>The estimated wait, in the runtime's ticks, from which on queued tasks are offered to other nodes.</summary>
    public long LongWait { get; init; } = 10;

    /// <summary>After so many hops a task stays where it is.</summary>
    public int MaxHops { get; init; } = 2;

    /// <summary>
    /// How long a task that must run on a node which this one has not heard of waits for word of it, in the runtime's ticks: longer than news of a node takes to
    /// reach every other. Then no such node is taken to be in the cluster.
    /// </summary>
    public long UnknownNodePatience { get; init; } = 10_000;

    /// <summary>Of how many jobs that have ended this node remembers that; of its own driver's always the newest thousand.</summary>
    public int EndedJobsKept { get; init; } = TableJobs.EndedKept;

    /// <summary>
    /// Whether actors are placed by the directors of their grains, which ask <see cref="ClusterMachine.WouldKeep"/> of the creating node first and then a
    /// global scheduler; otherwise this engine does the same itself.
    /// </summary>
    public bool ActorsHaveGrains { get; init; }

    /// <summary>Whether tasks are placed where their inputs are. Off only to measure what that is worth.</summary>
    public bool UseLocality { get; init; } = true;

    /// <summary>The runtime's form of a tuple whose parts are entries of their own.</summary>
    public Func<ObjectEntry[], object?> MakeTuple { get; init; } = static parts => parts;

    /// <summary>The node's labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}
