using System.Collections.Concurrent;
using RayOrleans.Runtime.Cluster.Gcs;

namespace RayOrleans.Runtime.Cluster.InProcess;

/// <summary>
/// A cluster of several nodes in one process (<c>RayOptions.Nodes</c>): membership, the shards of the GCS in memory and one global scheduler. Batches
/// are encoded and decoded as between machines. Nodes can be removed, as by a crash. Thread-safe.
/// <code>
/// await using InProcessCluster cluster = new(new InProcessClusterOptions());
/// IClusterTransport transport = cluster.Join(new ClusterMember(node.NodeId, "node 1", dataEndPoint), node);
/// cluster.Remove(node.NodeId);
/// </code>
/// </summary>
internal sealed class InProcessCluster : IAsyncDisposable
{
    private readonly InProcessClusterOptions _options;
    private readonly Lock _membership = new();
    private readonly List<ClusterMember> _members = [];
    private readonly ConcurrentDictionary<NodeId, InProcessParty> _nodes = new();
    private readonly InProcessShard[] _shards;
    private readonly InProcessTransport _transport;
    private readonly ITimer _timer;
    private int _ticking;
    private bool _isDisposed;

    public InProcessCluster(InProcessClusterOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ShardCount, 1);
        _options = options;
        _transport = new InProcessTransport(this, null);
        _shards = [.. Enumerable.Range(0, options.ShardCount).Select(i => new InProcessShard(i, options, _transport))];
        Scheduler = new InProcessParty("The global scheduler", new SchedulerHost(0, options.Seed, _transport));
        _timer = options.Time.CreateTimer(static c => ((InProcessCluster)c!).Tick(), this, options.TickInterval, options.TickInterval);
    }

    /// <summary>Over how many shards the tables are spread.</summary>
    public int ShardCount => _shards.Length;

    /// <summary>The nodes that are there, in the order they joined.</summary>
    public IReadOnlyList<ClusterMember> Members
    {
        get
        {
            lock (_membership)
            {
                return [.. _members];
            }
        }
    }

    internal InProcessParty Scheduler { get; }

    /// <summary>Makes a node a member: everybody is told about it, and it is told about everybody, itself included.</summary>
    /// <returns>How it reaches the others.</returns>
    public IClusterTransport Join(ClusterMember member, IClusterParty node)
    {
        InProcessParty party = new($"Node {member.Name} ({member.NodeId})", node);
        lock (_membership)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_nodes.TryAdd(member.NodeId, party))
            {
                throw new ArgumentException($"Node {member.NodeId} is in the cluster already.", nameof(member));
            }

            MemberChange joined = new(member, IsAlive: true);
            Tell(in joined, except: party);
            _members.Add(member);
            foreach (ClusterMember known in _members)
            {
                node.OnMemberChanged(new MemberChange(known, IsAlive: true));
            }
        }

        return new InProcessTransport(this, party);
    }

    /// <summary>The node is gone, as by a crash: calls to it and from it fail, and the others are told. False: it was not there.</summary>
    public bool Remove(NodeId node)
    {
        lock (_membership)
        {
            int index = _members.FindIndex(m => m.NodeId == node);
            if (index < 0)
            {
                return false;
            }

            ClusterMember member = _members[index];
            _members.RemoveAt(index);
            _nodes.TryRemove(node, out InProcessParty? party);
            party!.Remove();
            MemberChange left = new(member, IsAlive: false);
            Tell(in left, except: party);
            return true;
        }
    }

    /// <summary>A shard loses everything and starts anew in the next epoch, as when its silo dies.</summary>
    public void RestartShard(int index)
    {
        lock (_membership)
        {
            _shards[index].Restart(_members);
        }
    }

    /// <summary>Ticks every party once; by itself this happens as often as the options say.</summary>
    public void Tick()
    {
        // Ticks of one party must not overlap; a slow one leaves the next out.
        if (Interlocked.Exchange(ref _ticking, 1) != 0)
        {
            return;
        }

        try
        {
            foreach (InProcessShard shard in _shards)
            {
                shard.Current.Party.Tick();
            }

            Scheduler.Party.Tick();
            foreach (InProcessParty node in _nodes.Values)
            {
                node.Party.Tick();
            }
        }
        finally
        {
            Volatile.Write(ref _ticking, 0);
        }
    }

    /// <summary>Ends the cluster: no more ticks, and calls fail.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_membership)
        {
            _isDisposed = true;
            foreach (InProcessParty node in _nodes.Values)
            {
                node.Remove();
            }
        }

        await _timer.DisposeAsync().ConfigureAwait(false);
        foreach (InProcessShard shard in _shards)
        {
            shard.Stop();
        }
    }

    internal InProcessParty? FindNode(NodeId node) => _nodes.GetValueOrDefault(node);

    internal InProcessParty ShardAt(int index) => _shards[index].Current;

    private void Tell(in MemberChange change, InProcessParty except)
    {
        foreach (InProcessShard shard in _shards)
        {
            shard.Current.Party.OnMemberChanged(in change);
        }

        Scheduler.Party.OnMemberChanged(in change);
        foreach (InProcessParty node in _nodes.Values)
        {
            if (node != except)
            {
                node.Party.OnMemberChanged(in change);
            }
        }
    }
}
