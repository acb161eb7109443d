using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using RayOrleans.Runtime;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Gcs;
using RayOrleans.Runtime.Cluster.Gcs.Followers;
using RayOrleans.Runtime.Cluster.Nodes;

namespace RayOrleans.Grains;

/// <summary>Makes the Ray node of a host part of its Orleans silo.</summary>
public static class RayOrleansSiloBuilderExtensions
{
    /// <summary>
    /// Makes the node of <c>builder.AddRayOrleansNode()</c>, in the same host, a member of the cluster: it is known to the other nodes and
    /// reaches them, and its <see cref="ILocalSchedulerGrain"/> is reachable under this silo's address. Idempotent. The silo refuses to start
    /// when the host has no node. A silo that is declared dead stops its node; the host's process goes on.
    /// <see cref="RayClusterSiloBuilderExtensions.ConfigureRayCluster(ISiloBuilder, Action{RayClusterOptions}?)"/> does this and sets Orleans up too.
    /// </summary>
    /// <param name="builder">The silo's builder, inside <c>UseOrleans</c>.</param>
    /// <returns>The builder.</returns>
    public static ISiloBuilder AddRayOrleans(this ISiloBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        if (services.Any(s => s.ImplementationType == typeof(NodeRegistrationValidator)))
        {
            return builder;
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigurationValidator, NodeRegistrationValidator>());
        services.AddPlacementDirector<NodePlacement, NodePlacementDirector>();
        services.AddPlacementDirector<SpreadPlacement, SpreadPlacementDirector>();
        services.AddPlacementDirector<ActorPlacement, ActorPlacementDirector>();
        services.TryAddSingleton<RayClusterSettings>();
        services.TryAddSingleton(TimeProvider.System);
        AddNode(services);
        AddMembership(services);
        services.TryAddSingleton<ShardCopies>();
        services.TryAddSingleton<IShardPeers, OrleansShardPeers>();
        services.TryAddSingleton<IShardStorageProvider, FollowedShardStorageProvider>();
        services.AddSingleton<ShardWarnings>();
        services.TryAddSingleton<IClusterPartyFactory>(static s => new ClusterPartyFactory(s.GetRequiredService<IClusterTransport>(), ShardsOf(s)) { JournalFailed = s.GetRequiredService<ShardWarnings>().OnFailed });
        services.AddSingleton<ShardEpochs>();
        AddParticipant<LocalShards>(services);
        AddParticipant<ShardWake>(services);
        return builder;
    }

    private static ShardHostOptions ShardsOf(IServiceProvider services)
    {
        RayOptions node = services.GetRequiredService<IOptions<RayOptions>>().Value;
        return new ShardHostOptions
        {
            Index = 0,
            Epoch = 0,
            FlushesLineage = services.GetRequiredService<RayClusterSettings>().FlushesLineage,
            LineageFolder = node.SpillDirectories.FirstOrDefault() ?? node.SpillDirectory ?? Path.GetTempPath(),
        };
    }

    private static void AddNode(IServiceCollection services)
    {
        services.AddGrainService<NodeService>();
        services.AddSingleton<NodeServiceClient>();
        services.TryAddSingleton<IClusterTransport, OrleansTransport>();
        services.TryAddSingleton(static s => new NodeActors(() => s.GetRequiredService<HostedNode>().Node.Services));
        services.TryAddSingleton<IActorNode>(static s => s.GetRequiredService<NodeActors>());
        services.TryAddSingleton<IActorPlacer>(static s => s.GetRequiredService<NodeActors>());
        services.TryAddSingleton<IClusterNode>(static s => (IClusterNode)s.GetRequiredService<ILocalNode>());

        // The node starts before the silo, and must already be who the silo's address says it is.
        services.TryAddSingleton(static s => new NodeStart(NodeIds.Of(s.GetRequiredService<ILocalSiloDetails>().SiloAddress), s.GetRequiredService<IClusterTransport>())
        {
            Data = s.GetRequiredService<RayClusterSettings>().Data,
            DriverPort = s.GetRequiredService<RayClusterSettings>() is { TakesDrivers: true, Address: { } address } ? address.Port : null,
        });
    }

    private static void AddMembership(IServiceCollection services)
    {
        services.AddSingleton<MemberDirectory>();
        AddParticipant<MembershipTracker>(services);
        AddParticipant<NodePartyDriver>(services);
        AddParticipant<FailureDetector>(services);
        services.Replace(ServiceDescriptor.Singleton<IFatalErrorHandler, SiloFatalErrorHandler>());
    }

    private static void AddParticipant<TParticipant>(IServiceCollection services)
        where TParticipant : class, ILifecycleParticipant<ISiloLifecycle>
    {
        services.AddSingleton<TParticipant>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static s => s.GetRequiredService<TParticipant>());
    }
}
