using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using RayOrleans.Grains;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Gcs;

namespace RayOrleans.Processes.TestSilo.Work;

/// <summary>
/// A real node with the set-up of the shipped executable, in a program that also has the functions which the driver of this assembly submits.
/// Prints "up", then answers <see cref="NodeCommands"/>. Ends with its input, on SIGTERM, or when the cluster declares it dead.
/// </summary>
internal static class WorkNodeProcess
{
    public const int DiedExitCode = 3;
    /// <summary>As long as the tests wait for a line.</summary>
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Half of what it is otherwise: tests wait for it.</summary>
    private static readonly TimeSpan ShardSettleTime = TimeSpan.FromSeconds(5);

    /// <summary>Arguments: <c>join-address back-end cpus</c>; an empty address makes a cluster.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        TaskCompletionSource<string> death = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using PosixSignalRegistration signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            terminated.TrySetResult();
        });
        RayClusterOptions options = new() { Join = arguments[0].Length > 0 ? arguments[0] : null, Gcs = arguments[1].Length > 0 ? arguments[1] : null, JoinTimeout = JoinTimeout };
        (IHost host, RayClusterPlan plan) = await RayClusterStart.StartAsync(
            options, why => death.TrySetResult(why), plan => Build(plan with { Settings = plan.Settings with { ShardSettleTime = ShardSettleTime } }, double.Parse(arguments[2], CultureInfo.InvariantCulture)), CancellationToken.None).ConfigureAwait(false);
        using IHost started = host;
        HostedNode node = host.Services.GetRequiredService<HostedNode>();
        CommandLoop.Say($"up {node.NodeId} {plan.Settings.Address} {plan.Silo}");
        NodeCommands commands = new(node.Node.Services, host.Services.GetRequiredService<IClusterPartyFactory>());
        IGrainFactory grains = host.Services.GetRequiredService<IGrainFactory>();
        Task served = CommandLoop.RunAsync(words => words is ["shards"] ? ShardsAsync(grains, plan.Settings.ShardCount).GetAwaiter().GetResult() : commands.Run(words));
        Task first = await Task.WhenAny(served, terminated.Task, death.Task).ConfigureAwait(false);
        if (first == death.Task)
        {
            CommandLoop.Say($"died {await death.Task.ConfigureAwait(false)}");
            return DiedExitCode;
        }

        using CancellationTokenSource limit = new(StopTimeout);
        await host.StopAsync(limit.Token).ConfigureAwait(false);
        return 0;
    }

    /// <summary>Where the shards live, as "index:node:epoch" each.</summary>
    private static async Task<string> ShardsAsync(IGrainFactory grains, int count)
    {
        PartyStatus[] all = await Task.WhenAll(Enumerable.Range(0, count).Select(i => grains.GetGrain<IGcsShardGrain>(i).GetStatus().AsTask())).ConfigureAwait(false);
        return string.Join(' ', all.Select((s, i) => $"{i}:{s.NodeId}:{s.Epoch}"));
    }

    private static IHost Build(RayClusterPlan plan, double cpus)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        builder.Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.AddSimpleConsole(o => o.TimestampFormat = "HH:mm:ss.fff ");
        builder.Logging.AddFilter("Orleans", LogLevel.Error).AddFilter("Microsoft", LogLevel.Warning);
        builder.AddRayOrleansNode(o =>
        {
            o.CpusPerNode = cpus;
            o.ObjectStoreBytes = 512L << 20;
        });
        builder.Services.AddSingleton<IClusterPartyFactory>(static s => new ClusterPartyFactory(
            s.GetRequiredService<IClusterTransport>(), new ShardHostOptions { Index = 0, Epoch = 0 })
        {
            JournalFailed = static (_, e) => CommandLoop.Say($"journal failed: {e.GetType().Name}: {e.Message}"),
        });
        builder.UseOrleans(silo => silo.ConfigureRayCluster(plan));
        return builder.Build();
    }
}
