namespace RayOrleans;

/// <summary>How <c>Ray.InitAsync</c> starts a runtime. Not thread-safe while it is being filled in.</summary>
public sealed class RayOptions
{
    /// <summary>The environment variable that names the cluster to join where <see cref="Address"/> is null.</summary>
    public const string AddressVariable = "RAYORLEANS_ADDRESS";

    /// <summary>The address of the node on this machine that started last; <c>local:30000</c> is the one whose own address has that port.</summary>
    public const string LocalAddress = "local";

    /// <summary>
    /// The cluster, and how this program is part of it. <c>ray://host:port</c>: as a node of its own, which joins through that one. <c>local</c> or <c>local:port</c>: attached to
    /// a node of this machine and user, over a socket and its shared memory. <c>client://host:port</c>: connected to that node from anywhere, with objects copied over the connection.
    /// Null: what the environment variable RAYORLEANS_ADDRESS says, and without that an embedded cluster in this process.
    /// </summary>
    public string? Address { get; set; }

    /// <summary>
    /// The address that the nodes of the cluster to join reach this program by, where they are on other machines; null: what the environment variable
    /// RayOrleans__Cluster__AdvertisedAddress says, or else loopback.
    /// </summary>
    public string? AdvertisedAddress { get; set; }

    /// <summary>
    /// The address to listen on, where that is another one: behind NAT or in a container, for instance, <c>0.0.0.0</c>; null: what the environment variable
    /// RayOrleans__Cluster__ListenAddress says, or else <see cref="AdvertisedAddress"/>.
    /// </summary>
    public string? ListenAddress { get; set; }

    /// <summary>
    /// What all nodes of the cluster to join know and strangers do not; null: what the environment variable RayOrleans__Cluster__Secret says, or else none. Needed wherever
    /// the cluster has one. Take it from a secret store or from the environment, never from a command line, which every user of the machine can read.
    /// </summary>
    public string? ClusterSecret { get; set; }

    /// <summary>
    /// The certificates with which this program connects to a cluster that uses TLS (<c>ray://</c> and <c>client://</c>); nothing set: what the environment variables
    /// <c>RayOrleans__Cluster__Tls__CertificateFile</c> and so on say, or else none, and no TLS. A host's own silo has <c>RayOrleans:Cluster:Tls</c> for it.
    /// </summary>
    public RayTlsOptions Tls { get; set; } = new();

    /// <summary>The namespace of this job's named actors; null: one of its own, which no other job sees.</summary>
    public string? Namespace { get; set; }

    /// <summary>
    /// Environment variables, files and working directory of the worker processes that run this job's tasks and actors; null: those of their nodes. With it what says no isolation
    /// runs in worker processes. Its files are read when the runtime starts. Tasks and actors may have one of their own, see <see cref="RayOrleans.RuntimeEnv"/>.
    /// </summary>
    public RuntimeEnv? RuntimeEnv { get; set; }

    /// <summary>
    /// The most bytes that the files and the working directory of one <see cref="RayOrleans.RuntimeEnv"/> may have together; 128 MiB by default, at most 2,000,000,000. They go through the
    /// memory of this program and of each node that needs them, and stay in the tables of the GCS: put larger data with Ray.Put, or where all nodes can read it.
    /// </summary>
    public long MaxRuntimeEnvBytes { get; set; } = 128L << 20;

    /// <summary>How many embedded nodes to start in this process; 1 by default. Each has its own resources and object store.</summary>
    public int Nodes { get; set; } = 1;

    /// <summary>CPUs of each embedded node, exact to 1/10,000; null: the processors of this machine. A scheduling figure: it bounds how many tasks run at a time.</summary>
    public double? CpusPerNode { get; set; }

    /// <summary>GPUs of each embedded node, exact to 1/10,000; null: none.</summary>
    public double? GpusPerNode { get; set; }

    /// <summary>Memory of each embedded node that tasks can reserve, in bytes; null: the memory this process may use, divided by the nodes.</summary>
    public long? MemoryPerNode { get; set; }

    /// <summary>Other resources of each embedded node by name, exact to 1/10,000.</summary>
    public Dictionary<string, double> Resources { get; set; } = [];

    /// <summary>Labels of each embedded node, for <c>labelSelector</c>.</summary>
    public Dictionary<string, string> Labels { get; set; } = [];

    /// <summary>Size of each embedded node's object store, in bytes; null: a share of the memory this process may use.</summary>
    public long? ObjectStoreBytes { get; set; }

    /// <summary>Directory of the object store's files; null: shared memory. A directory on a disk is slower and larger.</summary>
    public string? ObjectStoreDirectory { get; set; }

    /// <summary>
    /// Whether objects that the store has no room for are written to disk and read back when they are needed; true by default.
    /// Off, a full store makes puts and tasks wait until objects are let go of.
    /// </summary>
    public bool Spilling { get; set; } = true;

    /// <summary>Directory that objects are spilled to when the store is full; null: those of <see cref="SpillDirectories"/>, or else a temporary one.</summary>
    public string? SpillDirectory { get; set; }

    /// <summary>Further directories that objects are spilled to, used in turn: on different disks their speeds add up. None by default.</summary>
    public IReadOnlyList<string> SpillDirectories { get; set; } = [];

    /// <summary>
    /// The share of the store from which the objects used least recently are written to disk ahead of need; 0.8 by default. Lower writes more; higher makes
    /// puts wait for the disk more often.
    /// </summary>
    public double SpillThreshold { get; set; } = 0.8;

    /// <summary>The most bytes that each embedded node has on disk; null: as many as the disks take. At the limit puts wait as if the disks were full.</summary>
    public long? SpillLimitBytes { get; set; }

    /// <summary>How long a put waits for room before <see cref="ObjectStoreFullException"/>; 30 seconds by default. Longer hides a store that is too small.</summary>
    public TimeSpan ObjectStoreFullTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Values up to this size, in bytes, travel inside messages instead of through the store; 100 KiB by default.</summary>
    public int InlineThresholdBytes { get; set; } = 100 * 1024;

    /// <summary>Whether a thread that blocks in a get may run the awaited task itself; true by default. Turning it off costs a thread switch per such get.</summary>
    public bool InlineExecution { get; set; } = true;

    /// <summary>Whether tasks that this node's programs submit go where their large inputs are; true by default. Off moves the inputs instead: only to measure what that costs.</summary>
    public bool UseLocality { get; set; } = true;

    /// <summary>The most threads an embedded node runs user code on, counting the ones that wait; null: a multiple of its CPUs.</summary>
    public int? MaxWorkerThreads { get; set; }

    /// <summary>The most tasks of one job that may be waiting before a driver's submit blocks; ten million by default.</summary>
    public int MaxPendingTasks { get; set; } = 10_000_000;

    /// <summary>
    /// The most items of a stream that are made ahead of its reader; 10,000 by default. At it the producer waits, with its CPU free, until the reader has taken half of them.
    /// Less saves memory where items are large, more hides a reader that stops now and then.
    /// </summary>
    public int MaxBufferedStreamItems { get; set; } = 10_000;

    /// <summary>
    /// How much each node keeps of a job's finished tasks, to run them again when their results are lost, in bytes; 1 GiB by default. Beyond it the oldest are given up
    /// first: what they made, and is lost, fails with <see cref="ObjectLostException"/>. Less saves memory, more outlives longer chains.
    /// </summary>
    public long MaxLineageBytes { get; set; } = 1L << 30;

    /// <summary>
    /// How much each node keeps of what it has told the GCS and the GCS has not kept, in bytes; 64 MiB by default. Beyond it, while the storage of the GCS is away, submissions
    /// wait; what was submitted runs on. Less saves memory, more outlasts a longer outage.
    /// </summary>
    public long MaxGcsBacklogBytes { get; set; } = 64L << 20;

    /// <summary>
    /// The share of the memory that a node may use (its control group's limit, else the machine's memory) above which it stops a worker process: 0.95 by default. The work of
    /// that one is repeated, or fails with <see cref="NodeOutOfMemoryException"/>. Lower stops processes that would have come through; higher leaves less time before the kernel ends the node itself. At 1 none is stopped.
    /// </summary>
    public double MemoryUsageThreshold { get; set; } = 0.95;

    /// <summary>How often a node with worker processes looks at its memory; 250 ms by default, zero: never. Less notices faster growth, and costs a few reads of small files each time.</summary>
    public TimeSpan MemoryMonitorInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How many task events each thread keeps for the state listing before the oldest are dropped; 10,000 by default. More costs memory.</summary>
    public int EventsPerThread { get; set; } = 10_000;

    /// <summary>
    /// Whether what tasks and actors write in worker processes is shown on this program's console; true by default. The same line from several processes is shown once and
    /// counted, a flood is cut. The log files of the nodes have everything either way.
    /// </summary>
    public bool LogToDriver { get; set; } = true;

    /// <summary>Directory of the log files of each embedded node, in a folder of its own; null: one of this user's in the temporary directory.</summary>
    public string? LogDirectory { get; set; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value cannot be meant; the message names the option.</exception>
    public void Validate()
    {
        OptionCheck.Name(Address, nameof(Address));
        OptionCheck.Name(AdvertisedAddress, nameof(AdvertisedAddress));
        OptionCheck.Name(ListenAddress, nameof(ListenAddress));
        OptionCheck.Name(Namespace, nameof(Namespace));
        OptionCheck.AtLeast(Nodes, 1, nameof(Nodes), "embedded nodes");
        OptionCheck.Amount(CpusPerNode, nameof(CpusPerNode));
        OptionCheck.Amount(GpusPerNode, nameof(GpusPerNode));
        OptionCheck.Bytes(MemoryPerNode, nameof(MemoryPerNode));
        OptionCheck.Resources(Resources, nameof(Resources));
        OptionCheck.Texts(Labels, nameof(Labels));
        OptionCheck.Name(ObjectStoreDirectory, nameof(ObjectStoreDirectory));
        OptionCheck.Name(SpillDirectory, nameof(SpillDirectory));
        OptionCheck.Name(LogDirectory, nameof(LogDirectory));
        if (SpillDirectories is null || SpillDirectories.Any(string.IsNullOrWhiteSpace))
        {
            throw new ArgumentException($"{nameof(SpillDirectories)} has an entry that is empty.", nameof(SpillDirectories));
        }

        if (!(SpillThreshold > 0 && SpillThreshold <= 1))
        {
            throw new ArgumentException($"{nameof(SpillThreshold)} is {SpillThreshold}; it must be above 0 and at most 1, as a share of the store.", nameof(SpillThreshold));
        }

        if (!(MemoryUsageThreshold > 0 && MemoryUsageThreshold <= 1))
        {
            throw new ArgumentException(
                $"{nameof(MemoryUsageThreshold)} is {MemoryUsageThreshold}; it must be above 0 and at most 1, as a share of the memory that a node may use. Set {nameof(MemoryMonitorInterval)} to zero to stop no process.",
                nameof(MemoryUsageThreshold));
        }

        if (MemoryMonitorInterval < TimeSpan.Zero || MemoryMonitorInterval > TimeSpan.FromHours(1))
        {
            throw new ArgumentException($"{nameof(MemoryMonitorInterval)} is {MemoryMonitorInterval}; it must be from zero, which turns it off, to an hour.", nameof(MemoryMonitorInterval));
        }

        if (SpillLimitBytes is < 1)
        {
            throw new ArgumentException($"{nameof(SpillLimitBytes)} is {SpillLimitBytes}; it must be positive, or null. Set {nameof(Spilling)} to false to spill nothing.", nameof(SpillLimitBytes));
        }

        OptionCheck.AtLeast(InlineThresholdBytes, 0, nameof(InlineThresholdBytes), "bytes");
        OptionCheck.AtLeast(MaxWorkerThreads, 1, nameof(MaxWorkerThreads), "threads");
        OptionCheck.AtLeast(MaxPendingTasks, 1, nameof(MaxPendingTasks), "tasks");
        OptionCheck.AtLeast(MaxBufferedStreamItems, 1, nameof(MaxBufferedStreamItems), "items");
        OptionCheck.AtLeast(EventsPerThread, 0, nameof(EventsPerThread), "events");
        if (MaxLineageBytes < 0)
        {
            throw new ArgumentException($"{nameof(MaxLineageBytes)} is {MaxLineageBytes}; it must not be negative. With 0 no finished task is run again.", nameof(MaxLineageBytes));
        }

        if (MaxRuntimeEnvBytes is < 0 or > 2_000_000_000)
        {
            throw new ArgumentException($"{nameof(MaxRuntimeEnvBytes)} is {MaxRuntimeEnvBytes}; it must be from 0, which allows no files, to 2,000,000,000.", nameof(MaxRuntimeEnvBytes));
        }

        if (MaxGcsBacklogBytes < 1)
        {
            throw new ArgumentException($"{nameof(MaxGcsBacklogBytes)} is {MaxGcsBacklogBytes}; it must be positive.", nameof(MaxGcsBacklogBytes));
        }

        if (ObjectStoreBytes is < 1)
        {
            throw new ArgumentException($"{nameof(ObjectStoreBytes)} is {ObjectStoreBytes}; it must be positive.", nameof(ObjectStoreBytes));
        }

        if (ObjectStoreFullTimeout < TimeSpan.Zero && ObjectStoreFullTimeout != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentException($"{nameof(ObjectStoreFullTimeout)} is {ObjectStoreFullTimeout}; it must not be negative.", nameof(ObjectStoreFullTimeout));
        }

        if (Address is not null && Address != LocalAddress && !Uri.TryCreate(Address, UriKind.Absolute, out _))
        {
            throw new ArgumentException($"{nameof(Address)} is \"{Address}\"; it must read ray://host:port, client://host:port, {LocalAddress} or {LocalAddress}:port.", nameof(Address));
        }
    }
}
