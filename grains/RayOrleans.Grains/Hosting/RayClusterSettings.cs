using System.Net;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>How this silo's cluster is set up, once decided. Immutable.</summary>
internal sealed record RayClusterSettings
{
    public string ClusterId { get; init; } = new RayClusterOptions().ClusterId;

    public string ServiceId { get; init; } = new RayClusterOptions().ServiceId;

    public int ShardCount { get; init; } = new RayClusterOptions().ShardCount;

    public int SchedulerCount { get; init; } = new RayClusterOptions().SchedulerCount;

    public bool HostsControl { get; init; } = true;

    /// <summary>Whether finished tasks leave the memory of this silo's shards.</summary>
    public bool FlushesLineage { get; init; } = true;

    /// <summary>How long the silos that take shards must have been the same before shards move to those they belong on.</summary>
    public TimeSpan ShardSettleTime { get; init; } = TimeSpan.FromSeconds(10);

    public ClusterProvider Provider { get; init; }

    /// <summary>The database of the membership, in a cluster whose provider is <see cref="ClusterProvider.AdoNet"/>.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>The silo that the membership lives on, in a cluster whose provider is the development one.</summary>
    public IPEndPoint? Primary { get; init; }

    /// <summary>Whether this silo is that one.</summary>
    public bool IsPrimary { get; init; }

    /// <summary>Where the shards are kept.</summary>
    public GcsBackEnd Gcs { get; init; } = GcsBackEnd.Memory;

    /// <summary>The database or storage account of that; null or empty where there is none, or this silo does not open it.</summary>
    public string? GcsConnectionString { get; init; }

    /// <summary>Whether their folder was made for this cluster by this silo, and ends with it.</summary>
    public bool OwnsGcsFolder { get; init; }

    /// <summary>The node's address for those who join.</summary>
    public RayAddress? Address { get; init; }

    /// <summary>Whether programs in other processes can use the node as their driver's.</summary>
    public bool TakesDrivers { get; init; } = true;

    /// <summary>Where the node's objects can be pulled from.</summary>
    public DataPortPlace Data { get; init; } = DataPortPlace.Loopback;

    /// <summary>Called once when the silo is declared dead or has failed, with the reason.</summary>
    public Action<string>? OnDeath { get; init; }
}
