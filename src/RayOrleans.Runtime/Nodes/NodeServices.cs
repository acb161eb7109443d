using RayOrleans.Core;
using RayOrleans.ObjectStore;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime;

/// <summary>The parts of one node, made together and known to each other. No behaviour of its own.</summary>
internal sealed class NodeServices
{
    public NodeServices(NodeId nodeId, RayOptions options, ResourceShape resources, SharedMemoryStore store)
    {
        NodeId = nodeId;
        Options = options;
        Store = store;
        Engine = new NodeEngine(new EngineOptions { Resources = resources, FirstBackOff = Clock.FromMilliseconds(20) });
        Serializer = new ValueSerializer();
        Events = new EventLog(options.EventsPerThread);
        Gate = new EngineGate(Engine, new EffectRunner(this));
        Scheduler = new UserScheduler(Side);
        Pool = new WorkerPool(this);
        Gate.Pool = Pool;
        Releases = new HoldReleases(Gate);
        Collect = new CollectRequests(this);
        Codec = new ValueCodec(this);
        Waits = new ObjectWaits(this);
        Runner = new AttemptRunner(this);
        Submitter = new TaskSubmitter(this);
        Actors = new ActorService(this);
        State = new NodeState(this);
        PlacementGroups = new PlacementGroups(this);
    }

    public NodeId NodeId { get; }

    public RayOptions Options { get; }

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

    public ObjectWaits Waits { get; }

    public AttemptRunner Runner { get; }

    public FunctionTable Functions { get; } = new();

    public OptionsTable OptionsTable { get; } = new();

    public LocalKeyValue KeyValue { get; } = new();

    public TaskSubmitter Submitter { get; }

    public ActorService Actors { get; }

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
