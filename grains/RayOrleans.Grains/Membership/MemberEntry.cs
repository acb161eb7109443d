using Orleans.Runtime;

namespace RayOrleans.Grains;

/// <summary>A silo with a node, as this silo knows it. Its state only moves forward.</summary>
internal sealed class MemberEntry(NodeId nodeId, SiloAddress silo, string name)
{
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isDead;

    public NodeId NodeId { get; } = nodeId;

    public SiloAddress Silo { get; } = silo;

    /// <summary>What it is announced as; null until it has said hello.</summary>
    public RayOrleans.Runtime.Cluster.ClusterMember Member { get; set; } = new(nodeId, name, null);

    /// <summary>Whether its parties have been told of it.</summary>
    public bool IsAnnounced { get; set; }

    /// <summary>Whether it said that it is another node, or speaks another protocol: it is never announced.</summary>
    public bool IsStranger { get; set; }

    /// <summary>Whether it is there and has not said yet who it is.</summary>
    public bool IsSilent => !IsAnnounced && !IsStranger && !IsDead;

    /// <summary>Ends when it has said who it is, or is dead.</summary>
    public Task Settled => _settled.Task;

    /// <summary>Whether its silo takes shards and schedulers.</summary>
    public bool HostsControl { get; set; }

    /// <summary>Its service, once it was called.</summary>
    public INodeService? Service { get; set; }

    /// <summary>Final.</summary>
    public bool IsDead
    {
        get => _isDead;
        set => _isDead = value;
    }

    public void Settle() => _settled.TrySetResult();
}
