using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.Messaging;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Gcs.Files;

namespace RayOrleans.Grains;

/// <summary>Sets a silo up for a Ray cluster.</summary>
public static class RayClusterSiloBuilderExtensions
{
    /// <summary>
    /// Everything that a silo of a Ray cluster needs of Orleans: membership, ports, grain directory, failure detection, short response times;
    /// and, as <see cref="RayOrleansSiloBuilderExtensions.AddRayOrleans"/> does, the node of <c>builder.AddRayOrleansNode()</c> as a member of
    /// it. Options come from the configuration section <c>RayOrleans:Cluster</c>, then from <paramref name="configure"/>. A silo that joins
    /// asks the node it joins through at once, so this call may take a moment.
    /// </summary>
    /// <param name="builder">The silo's builder, inside <c>UseOrleans</c>.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option cannot be meant; the message names it.</exception>
    /// <exception cref="RayClusterUnreachableException">The cluster to join does not answer.</exception>
    public static ISiloBuilder ConfigureRayCluster(this ISiloBuilder builder, Action<RayClusterOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        RayClusterOptions options = new();
        builder.Configuration.GetSection(RayClusterOptions.ConfigurationSection).Bind(options);
        configure?.Invoke(options);
        RayClusterPlan plan = Task.Run(() => RayClusterPlan.MakeAsync(options, onDeath: null, CancellationToken.None)).GetAwaiter().GetResult();
        return builder.ConfigureRayCluster(plan);
    }

    internal static ISiloBuilder ConfigureRayCluster(this ISiloBuilder builder, RayClusterPlan plan)
    {
        RayClusterOptions options = plan.Options;
        builder.Services.AddSingleton(plan.Settings);
        builder.UseGcs(plan.Settings);
        builder.AddRayOrleans();

        // Experimental, and yet the safe choice: the default directory loses healthy activations whenever another silo leaves (measured: up
        // to 405 of 600), this one lost none.
#pragma warning disable ORLEANSEXP003
        builder.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        builder.UseMembership(plan);
        builder.Configure<ClusterOptions>(o =>
        {
            o.ClusterId = plan.Settings.ClusterId;
            o.ServiceId = plan.Settings.ServiceId;
        });
        builder.Configure<EndpointOptions>(o =>
        {
            o.AdvertisedIPAddress = plan.Silo.Address;
            o.SiloPort = plan.Silo.Port;
            o.GatewayPort = plan.GatewayPort;
            o.SiloListeningEndpoint = plan.SiloListening;
            o.GatewayListeningEndpoint = plan.GatewayListening;
        });
        if (options.Name is { } name)
        {
            builder.Configure<SiloOptions>(o => o.SiloName = name);
        }

        builder.Configure<ClusterMembershipOptions>(o => Tune(o, options));

        // What a lease protects against, a silo that was declared dead and still runs, is answered by shard epochs and actor incarnations, so
        // it delays nothing: Orleans takes the detection window, which is just as long, off this duration.
        builder.Configure<GrainDirectoryOptions>(o => o.RangeLeaseDuration = options.ProbeTimeout * options.MissedProbes);

        // A call in flight to a silo that dies is only given up when it times out or the silo is declared dead, and then repeated above.
        builder.Configure<SiloMessagingOptions>(o => o.ResponseTimeout = o.SystemResponseTimeout = TimeSpan.FromSeconds(10));
        builder.Configure<GatewayOptions>(o => o.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
        builder.UseRayTls(plan.Settings.Data.Tls);
        JoinResponder responder = new(InfoOf(plan.Settings));
        builder.Configure<SiloConnectionOptions>(o => o.ConfigureGatewayInboundConnection(b =>
        {
            IServiceProvider services = b.ApplicationServices;
            b.UseMiddleware(responder);
            b.UseMiddleware(new DriverResponder(() => services.GetService<HostedNode>()?.RemoteDrivers));
        }));
        return builder;
    }

    private static void Tune(ClusterMembershipOptions membership, RayClusterOptions options)
    {
        // As it is, neither shorter nor longer: Orleans would shorten it to half for a silo that usually answers at once, and a busy moment would be a death.
        membership.ProbeTimeout = membership.MinProbeTimeout = membership.MaxProbeTimeout = options.ProbeTimeout;
        membership.NumMissedProbesLimit = options.MissedProbes;

        // Orleans itself lowers the votes to half of the silos there are, so one suffices among two.
        membership.NumVotesForDeathDeclaration = options.Votes;

        // No vote, on one's own probes, against a silo of which anything was heard within the time that is to be missed (MaxProbeTimeout * NumMissedProbesLimit): it is slow, not frozen.
        membership.EnableConnectionLivenessCheck = true;
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        membership.MaxJoinAttemptTime = options.JoinTimeout;
    }

    private static void UseMembership(this ISiloBuilder builder, RayClusterPlan plan)
    {
        if (plan.Settings.Provider == ClusterProvider.AdoNet)
        {
            builder.UseAdoNetClustering(o =>
            {
                o.Invariant = "Npgsql";
                o.ConnectionString = plan.Settings.ConnectionString;
            });
            return;
        }

        builder.UseDevelopmentClustering(plan.Settings.Primary);
    }

    private static void UseGcs(this ISiloBuilder builder, RayClusterSettings settings)
    {
        // Who takes no shards opens nothing, and needs none of what that takes.
        if (!settings.HostsControl || GcsStores.Of(settings.Gcs.Kind) is not { } store)
        {
            return;
        }

        builder.Services.TryAddSingleton<IShardStorageProvider>(_ => store.Open(new GcsPlace(settings.Gcs, settings.ServiceId, settings.GcsConnectionString, AppliesSchema: false)));
        if (settings.OwnsGcsFolder)
        {
            builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, OwnedGcsFolder>();
        }
    }

    private static JoinInfo InfoOf(RayClusterSettings settings) => new()
    {
        ProtocolVersion = ClusterProtocol.Version,
        ClusterId = settings.ClusterId,
        ServiceId = settings.ServiceId,
        Provider = settings.Provider,
        Primary = settings.Primary?.ToString(),
        Gcs = settings.Gcs.ToString(),
        GcsFolder = settings.Gcs.Folder,
        GcsMachine = settings.Gcs.Folder is null ? null : JournalFolder.ThisMachine(),
        ShardCount = settings.ShardCount,
        SchedulerCount = settings.SchedulerCount,
    };
}
