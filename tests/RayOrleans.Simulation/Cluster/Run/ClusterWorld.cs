namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>The cluster under test, the network between its parts, and everything that is known about it from outside.</summary>
internal sealed class ClusterWorld
{
    /// <summary>After so many hops a task stays where it is.</summary>
    public const int MaxHops = 2;

    private readonly List<SimShard> _oldShards = [];
    private int _numbers;
    private long _epochs;

    public ClusterWorld(ulong seed, ClusterLimits limits, long inlineBytes, int traceLength)
    {
        Rng = new SimRng(seed);
        Limits = limits;
        InlineBytes = inlineBytes;
        Timeline = new Timeline(Rng);
        Network = new SimNetwork(this);
        Membership = new Membership(this);
        Schedulers = new Schedulers(this);
        Pulls = new Pulls(this);
        Trace = new ClusterTrace(traceLength);
    }

    public SimRng Rng { get; }

    /// <summary>What goes wrong; set once.</summary>
    public ClusterFaults Faults { get; set; } = null!;

    public ClusterLimits Limits { get; }

    public long InlineBytes { get; }

    public Timeline Timeline { get; }

    public long Now => Timeline.Now;

    public SimNetwork Network { get; }

    public Membership Membership { get; }

    public Schedulers Schedulers { get; }

    public Pulls Pulls { get; }

    public ClusterTrace Trace { get; }

    public Coverage Coverage { get; } = new();

    /// <summary>Whether the cluster is being put together: everybody knows of everybody at once.</summary>
    public bool IsStarting { get; set; } = true;

    /// <summary>Whether all programs have ended, and it is waited for what goes by itself.</summary>
    public bool IsEmptying { get; set; }

    /// <summary>Whether nothing but time is waited for.</summary>
    public bool IsTickingSlowly { get; set; }

    /// <summary>Whether messages are lost or late, hosts stand still, or shards start anew: nothing is sure to happen within a certain time.</summary>
    public bool IsDisturbed { get; init; }

    public List<Host> Hosts { get; } = [];

    public List<SimNode> Nodes { get; } = [];

    /// <summary>The current activation of each shard.</summary>
    public List<SimShard> Shards { get; } = [];

    public List<ClusterJob> Jobs { get; } = [];

    public Dictionary<TaskId, ClusterTask> Tasks { get; } = [];

    public Dictionary<ObjectId, SimObjectInfo> Objects { get; } = [];

    /// <summary>How often a node has crashed or been declared dead.</summary>
    public int Failures { get; private set; }

    /// <summary>How often a copy was damaged on its node.</summary>
    public int Damages { get; set; }

    /// <summary>How often something may have been lost.</summary>
    public int Losses => Failures + Damages;

    /// <summary>When that happened last; null: never.</summary>
    public long? LastFailure { get; private set; }

    /// <summary>A node has crashed or been declared dead.</summary>
    public void NodeFailed()
    {
        Failures++;
        LastFailure = Now;
        ReplicaChecks.NodeFailed(this);
    }

    /// <summary>How often a shard began anew with nothing.</summary>
    public int ShardsEmptied { get; set; }

    public int NextNumber() => _numbers++;

    /// <summary>When a host ticks next.</summary>
    public int NextTick() => ((Limits.TickEvery / 2) + Rng.Next(Limits.TickEvery)) * (IsTickingSlowly ? 8 : 1);

    public void Note(string what, int host, int a = 0, int b = 0, object? subject = null) => Trace.Add(Now, what, host, a, b, subject);

    /// <summary>How many nodes never fail, so that every task can run somewhere: the first ones.</summary>
    public int Tame { get; set; }

    public bool MayFail(SimNode node) => node.Number >= Tame && !node.HasFailed && !Network.IsHealed;

    public SimNode NodeOf(NodeId id) => Nodes.Find(n => n.Id == id)!;

    public void AddNode(ResourceShape total)
    {
        int number = Nodes.Count;
        SimNode node = new(this, number, new EngineOptions
        {
            Resources = total,
            RetainLineage = true,
            FirstBackOff = Limits.FirstBackOff,
            BackOffSeed = (ulong)number,
            LineageBytes = Limits.LineageBytes,
            Cluster = new ClusterOptions
            {
                // The first digits tell them apart in traces.
                Self = new NodeId((UInt128)(uint)(number + 1) << 104),
                ShardCount = Shards.Count,
                InlineBytes = InlineBytes,
                SmallInputBytes = InlineBytes * 10,
                LongWait = Limits.LongWait,
                ArgumentBytes = Limits.ArgumentBytes,
                MaxHops = MaxHops,
                EndedJobsKept = Limits.EndedJobsKept,
            },
        });
        node.Machine.AverageTaskTicks = 40;
        Nodes.Add(node);
        Hosts.Add(node);
        Membership.Introduce(node);
        Membership.Join(node);
        node.StartTicking();
    }

    public void AddShard(int index)
    {
        SimShard shard = new(this, index, ++_epochs);
        if (index == Shards.Count)
        {
            Shards.Add(shard);
        }
        else
        {
            _oldShards.Add(Shards[index]);
            Shards[index] = shard;
        }

        Hosts.Add(shard);
        Membership.Introduce(shard);
        shard.StartTicking();
    }

    /// <summary>Who takes what is sent to a party: now and then a shard's activation that is being given up.</summary>
    public IBatchReceiver? Resolve(Party party)
    {
        if (!party.IsShard)
        {
            return NodeOf(party.Node);
        }

        if (_oldShards.Count > 0 && Rng.Chance(10) && _oldShards.Find(s => s.Machine.Index == party.Shard && !s.IsCrashed) is { } old)
        {
            Coverage.Hit("sent to an old activation");
            return old;
        }

        return Shards[party.Shard];
    }

    public ClusterJob StartJob(SimNode node, Code code)
    {
        int number = Jobs.Count;
        ClusterJob job = new(number, node, node.Machine.StartJob(new JobId((ulong)number + 1), new TaskId(7, (ulong)number)));
        Jobs.Add(job);
        if (Rng.Chance(50))
        {
            node.Machine.AnnounceJob(job.Record);
        }

        node.Bodies.BeginDriver(job, code);
        return job;
    }
}
