namespace RayOrleans.Grains;

/// <summary>
/// How a silo and the cluster that it makes or joins are set up. Bound from the configuration section <c>RayOrleans:Cluster</c> (in the
/// environment: <c>RayOrleans__Cluster__SiloPort</c> and so on), then changed by code. Not thread-safe while it is being filled in.
/// </summary>
public sealed class RayClusterOptions
{
    /// <summary>The configuration section that the options are bound from.</summary>
    public const string ConfigurationSection = "RayOrleans:Cluster";

    /// <summary>
    /// A node of the cluster to join, as <c>ray://host:port</c> or <c>host:port</c>: any node will do. The ids, the counts of shards and
    /// schedulers and the membership's place come from it. Null: this silo makes a cluster, or finds it by its provider.
    /// </summary>
    public string? Join { get; set; }

    /// <summary>How long a silo tries to reach the node that it joins through, and then to become a member; 30 seconds by default.</summary>
    public TimeSpan JoinTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The cluster's id: silos with another one are strangers.</summary>
    public string ClusterId { get; set; } = "rayorleans";

    /// <summary>The id under which the cluster's stored state is kept; stays the same over restarts of the cluster.</summary>
    public string ServiceId { get; set; } = "rayorleans";

    /// <summary>The silo's name for people; null: Orleans makes one.</summary>
    public string? Name { get; set; }

    /// <summary>The address that others reach this silo by; loopback by default.</summary>
    public string AdvertisedAddress { get; set; } = "127.0.0.1";

    /// <summary>
    /// The address to listen on, where that is another one: behind NAT or in a container, for instance, <c>0.0.0.0</c> for all of this machine's.
    /// Null, the default: <see cref="AdvertisedAddress"/>.
    /// </summary>
    public string? ListenAddress { get; set; }

    /// <summary>The port that other silos reach this one by; 0, the default: a free one.</summary>
    public int SiloPort { get; set; }

    /// <summary>The port to listen on for other silos, where a router or proxy passes <see cref="SiloPort"/> on to it; 0, the default: that port itself.</summary>
    public int SiloListenPort { get; set; }

    /// <summary>The port of the node's <c>ray://</c> address, for those who join and for clients; 0, the default: a free one.</summary>
    public int GatewayPort { get; set; }

    /// <summary>The port to listen on for those who join, where <see cref="GatewayPort"/> is passed on to it; 0, the default: that port itself.</summary>
    public int GatewayListenPort { get; set; }

    /// <summary>The port that other nodes pull large objects from; 0, the default: a free one.</summary>
    public int DataPort { get; set; }

    /// <summary>The port to listen on for pulls, where <see cref="DataPort"/> is passed on to it; 0, the default: that port itself.</summary>
    public int DataListenPort { get; set; }

    /// <summary>
    /// What all silos of the cluster know and strangers do not: without it nobody pulls objects. Needed wherever the data port listens on more than
    /// loopback. Null by default. Best given by the environment (<c>RayOrleans__Cluster__Secret</c>), which other users of the machine cannot see.
    /// </summary>
    public string? Secret { get; set; }

    /// <summary>
    /// The certificates with which all ports of this silo are encrypted, and with which it connects to others; nothing set, the default: no TLS. All silos and drivers of a cluster use it, or none does.
    /// </summary>
    public RayTlsOptions Tls { get; set; } = new();

    /// <summary>Where the membership is kept; <see cref="ClusterProvider.Development"/> by default.</summary>
    public ClusterProvider Provider { get; set; }

    /// <summary>
    /// The PostgreSQL database of <see cref="ClusterProvider.AdoNet"/>, as Npgsql writes it: <c>Host=db;Database=ray;Username=ray;Password=...</c>. A secret: give it
    /// by the environment (<c>RayOrleans__Cluster__ConnectionString</c>) or a file, not on a command line. Who joins a cluster through a node needs it as well.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// Where the shards of the GCS keep what must survive the silo they live on: <c>memory</c> (on another silo that takes shards, if
    /// there is one: when both die at once, the nodes fill the shard again, and what only the lost silos knew is lost), <c>file:FOLDER</c> (in a folder of this machine, which all its silos share), <c>postgres</c> (in the database
    /// of <see cref="GcsConnectionString"/>, or else of <see cref="ConnectionString"/>) or <c>azure</c>, <c>azure:CONTAINER</c> (in a container of the storage account of
    /// <see cref="GcsConnectionString"/>; its default is <c>rayorleans</c>, and the silo needs <c>RayOrleans.Grains.Azure</c>). What is kept is found again by
    /// <see cref="ServiceId"/>, also when the whole cluster was stopped, and stays in as many shards as it was spread over first.
    /// Null, the default: <c>postgres</c> when the provider is <see cref="ClusterProvider.AdoNet"/>; files in a folder of this machine's temporary directory that is
    /// deleted with the cluster when it is <see cref="ClusterProvider.Development"/> and the address is loopback; memory otherwise. A silo that joins takes what the cluster has.
    /// </summary>
    public string? Gcs { get; set; }

    /// <summary>
    /// The database or storage account of <see cref="Gcs"/>. A secret, like <see cref="ConnectionString"/>: give it by the environment
    /// (<c>RayOrleans__Cluster__GcsConnectionString</c>) or a file. Every silo that takes shards needs it.
    /// </summary>
    public string? GcsConnectionString { get; set; }

    /// <summary>Whether a silo brings the database's schema up to date before it starts; true by default. False where only <c>database apply</c> may.</summary>
    public bool AppliesSchema { get; set; } = true;

    /// <summary>Over how many shards the tables of the GCS are spread; 8 by default, fixed for the cluster's life. More spread the load over more silos, and cost a batch each per flush.</summary>
    public int ShardCount { get; set; } = 8;

    /// <summary>Replicas of the global scheduler; 2 by default, fixed for the cluster's life.</summary>
    public int SchedulerCount { get; set; } = 2;

    /// <summary>Whether this silo takes shards and schedulers; true by default. False for a silo that may end at any time, such as one inside a driver's program.</summary>
    public bool HostsControl { get; set; } = true;

    /// <summary>
    /// Whether the lineage of finished tasks leaves the memory of this silo's shards: beyond 4 MiB per shard it goes to scratch files in the first spill directory (or the temporary one) until nobody needs it, and what nobody needs is collected. True by default;
    /// false only to show what keeping everything comes to, as memory then grows with every task that the shards are told of.
    /// </summary>
    public bool FlushesLineage { get; set; } = true;

    /// <summary>Whether programs in other processes can be drivers of this silo's node (<c>local</c> and <c>client://</c> addresses); true by default. False for a silo inside a program that has an end of its own.</summary>
    public bool TakesDrivers { get; set; } = true;

    /// <summary>How long a silo that is probed by another may take to answer; 2 seconds by default. Shorter finds frozen silos sooner, and takes starved ones for frozen.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How many probes in a row must be missed before a silo is suspected; 5 by default. The one that suspects it must have heard nothing at all of it for as long as these take, 10 seconds by default: a silo that computes on a crowded
    /// machine is slow, not dead. A silo whose process has ended is found otherwise, within about a second.
    /// </summary>
    public int MissedProbes { get; set; } = 5;

    /// <summary>How many silos must suspect one before it is declared dead; 2 by default. Among two silos one suffices.</summary>
    public int Votes { get; set; } = 2;
}
