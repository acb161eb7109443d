using RayOrleans.Core;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Keys;
using RayOrleans.Runtime.Cluster.Nodes;
using RayOrleans.Runtime.Code;
using RayOrleans.Runtime.Drivers;
using RayOrleans.Runtime.Files;
using RayOrleans.Runtime.Output;
using RayOrleans.Runtime.Processes;
using RayOrleans.Runtime.Wire;
using RayOrleans.ObjectStore;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime;

/// <summary>The parts of one node, made together and known to each other. No behaviour of its own.</summary>
internal sealed class NodeServices
{
    public NodeServices(NodeId nodeId, RayOptions options, ResourceShape resources, SharedMemoryStore store, NodeStart? start = null, ProcessSetup? process = null)
    {
        IClusterTransport? transport = start?.Transport;
        NodeId = nodeId;
        Options = options;
        Worker = process is null ? start?.Worker ?? WorkerCommand.OfProcess : null;
        Labels = Worker is null ? options.Labels : new Dictionary<string, string>(options.Labels, StringComparer.Ordinal) { [WorkerProcesses.Label] = WorkerProcesses.LabelValue };
        Store = store;
        Engine = new NodeEngine(new EngineOptions
        {
            Resources = resources,
            FirstBackOff = Clock.FromMilliseconds(20),
            BackOffSeed = (ulong)nodeId.Value,
            RetainLineage = transport is not null,
            LineageBytes = options.MaxLineageBytes,
            StreamWindow = options.MaxBufferedStreamItems,
            Cluster = transport is null ? null : ClusterOptionsOf(nodeId, options, store, transport, Labels),
            IsProcess = process is not null,
            MakeTuple = static parts => new TupleValue(parts),
        });
        IsProcess = process is not null;
        Shared = process is null ? null : process.IsElsewhere ? new RemoteStore(this, process.StoreKeys) : new MappedStore(process.StorePath, process.StoreKeys);
        IsDriver = process?.IsDriver == true;
        DriversProcess = process?.RunsInWorkers == true ? ProcessKind.Job : ProcessKind.Node;
        Serializer = new ValueSerializer();
        Calls = new CallCodec(this, Serializer);
        Payloads = new NodePayloadWire(this);
        Events = new EventLog(options.EventsPerThread);
        Gate = new EngineGate(Engine, new EffectRunner(this));
        Scheduler = new UserScheduler(Side);
        Pool = new WorkerPool(this);
        Gate.Pool = Pool;
        Releases = new HoldReleases(Gate);
        Collect = new CollectRequests(this);
        Codec = new ValueCodec(this);
        Spilled = new SpilledReads(this);
        Waits = new ObjectWaits(this);
        Runner = new AttemptRunner(this);
        Submitter = new TaskSubmitter(this);
        Actors = new ActorService(this);
        State = new NodeState(this);
        Output = new NodeOutput(this);
        Logs = new WorkerLogs(this);
        PlacementGroups = new PlacementGroups(this);
        Cluster = transport is null ? null : new NodeCluster(this, transport, start!.Data);
        Names = Cluster is null ? null : new NamedActors(this, new ActorNames(Cluster.Keys));
        ProcessNames = process is null ? null : new ProcessNames(this);
        Kv = process is not null ? new ProcessKeys(this) : Cluster is null ? new LocalKeyValue() : new ClusterKeyValue(Cluster.Keys, "kv");
        Code = process is not null
            ? new ClusterCode(this, new NodeCode(this, new ProcessCodeSource(this)))
            : Cluster is null || start!.IsOneProcess ? null : new ClusterCode(this, start.Code?.Invoke(this) ?? new NodeCode(this, new KeyCodeSource(Cluster.Keys, TimeProvider.System)));
        Contents = Code?.Source ?? (Cluster is null ? new LocalCodeSource() : new KeyCodeSource(Cluster.Keys, TimeProvider.System));
        Environments = new Environments(this);
        Files = new NodeFiles(this);
    }

    /// <summary>The other nodes; null on a node that is alone.</summary>
    public NodeCluster? Cluster { get; }

    /// <summary>Code for and from other nodes; null where all nodes are one process, and on a node that is alone.</summary>
    public ClusterCode? Code { get; }

    /// <summary>The function table: code and files by content; of a node that is alone, its own.</summary>
    public ICodeSource Contents { get; }

    /// <summary>What programs here say of the processes that run their work.</summary>
    public Environments Environments { get; }

    /// <summary>The files of the worker processes of this node.</summary>
    public NodeFiles Files { get; }

    /// <summary>Whether this is a process of a node, which decides everything.</summary>
    public bool IsProcess { get; }

    /// <summary>Whether this is a driver's process: it has a job of its own, and runs nothing of others.</summary>
    public bool IsDriver { get; }

    /// <summary>Where what a driver here submits runs unless it says otherwise: of a program that is a node itself, there; of one that is attached to a node, or elsewhere, in worker processes.</summary>
    public ProcessKind DriversProcess { get; }

    /// <summary>In a process: the store of its node.</summary>
    public ProcessStore? Shared { get; }

    /// <summary>What processes of this node reach of it; null: it has none.</summary>
    public ProcessAccess? Access { get; set; }

    /// <summary>The way of what worker processes write, to the drivers.</summary>
    public NodeOutput Output { get; }

    /// <summary>Where what worker processes write is kept.</summary>
    public WorkerLogs Logs { get; }

    /// <summary>Takes drivers in other processes; null: it takes none.</summary>
    public DriverPort? Drivers { get; set; }

    /// <summary>Takes drivers from elsewhere; null: it takes none.</summary>
    public RemotePort? RemoteDrivers { get; set; }

    /// <summary>The worker processes of this node; null: it starts none.</summary>
    public WorkerProcesses? Processes { get; set; }

    /// <summary>Stops worker processes when memory runs out; null: nobody does.</summary>
    public MemoryMonitor? Memory { get; set; }

    /// <summary>In a process: what it says to its node.</summary>
    public SessionLink? Link { get; set; }

    /// <summary>Calls, values and causes as bytes.</summary>
    public NodePayloadWire Payloads { get; }

    /// <summary>Calls as bytes, for functions of the code that every node has.</summary>
    public CallCodec Calls { get; }

    public NodeId NodeId { get; }

    public RayOptions Options { get; }

    /// <summary>How worker processes are started; null: none can be.</summary>
    public WorkerCommand? Worker { get; }

    /// <summary>The node's labels: the user's, and one that says whether it can start worker processes.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; }

    public NodeEngine Engine { get; }

    public EngineGate Gate { get; }

    public SharedMemoryStore Store { get; }

    public ValueSerializer Serializer { get; }

    public EventLog Events { get; }

    public WorkerPool Pool { get; }

    /// <summary>Threads for what user code starts beside its attempts.</summary>
    public SideThreads Side { get; } = new();

    /// <summary>What is <see cref="TaskScheduler.Current"/> on worker threads.</summary>
    public UserScheduler Scheduler { get; }

    public HoldReleases Releases { get; }

    public CollectRequests Collect { get; }

    public ValueCodec Codec { get; }

    /// <summary>Reading values that may be on disk.</summary>
    public SpilledReads Spilled { get; }

    public ObjectWaits Waits { get; }

    public AttemptRunner Runner { get; }

    public FunctionTable Functions { get; } = new();

    public OptionsTable OptionsTable { get; } = new();

    /// <summary>The key-value table: the cluster's, or this node's own where it is alone.</summary>
    public IRayKeyValue Kv { get; }

    public TaskSubmitter Submitter { get; }

    public ActorService Actors { get; }

    /// <summary>The names of the cluster's actors; null on a node that is alone.</summary>
    public NamedActors? Names { get; }

    /// <summary>In a process: the names of actors; else null.</summary>
    public ProcessNames? ProcessNames { get; }

    public NodeState State { get; }

    public PlacementGroups PlacementGroups { get; }

    /// <summary>Set when the node is shut down: why nothing is served any more.</summary>
    public string? Stopped { get; set; }

    public void ThrowIfStopped()
    {
        if (Stopped is { } why)
        {
            throw new NodeDiedException($"This runtime serves nothing any more: {why}.") { NodeId = NodeId };
        }
    }

    /// <summary>The call that an attempt runs; one that came from another node is made from its bytes when it first runs.</summary>
    public Invocation InvocationOf(Attempt attempt)
    {
        if (attempt.Payload is WireCall call)
        {
            attempt.Payload = Payloads.Decode(call, attempt.Task);
        }

        return attempt.Payload as Invocation ?? ((DecodedCall)attempt.Payload!).Invocation;
    }

    private static ClusterOptions ClusterOptionsOf(NodeId nodeId, RayOptions options, SharedMemoryStore store, IClusterTransport transport, IReadOnlyDictionary<string, string> labels) => new()
    {
        Self = nodeId,
        ShardCount = transport.ShardCount,
        InlineBytes = options.InlineThresholdBytes,
        StoreBytes = store.CapacityBytes,
        StoreSpills = options.Spilling,
        UseLocality = options.UseLocality,
        LongWait = Clock.FromMilliseconds(10),
        UnknownNodePatience = Clock.FromMilliseconds(10_000),
        ActorsHaveGrains = transport is IActorHomes,
        MakeTuple = static parts => new TupleValue(parts),
        Labels = labels,
    };

    /// <summary>The entry behind a reference of this node's.</summary>
    public ObjectEntry EntryOf(ObjectRef reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return reference.Hold.Runtime == this && reference.Target is ObjectEntry entry
            ? entry
            : throw new ArgumentException($"{reference} belongs to another runtime, or to one that was started again since.", nameof(reference));
    }

    public ObjectEntry[] EntriesOf(IReadOnlyList<ObjectRef> references)
    {
        ArgumentNullException.ThrowIfNull(references);
        ObjectEntry[] entries = new ObjectEntry[references.Count];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = EntryOf(references[i]);
        }

        return entries;
    }
}
