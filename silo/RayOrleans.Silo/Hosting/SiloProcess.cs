using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using RayOrleans.Grains;

namespace RayOrleans.Silo.Hosting;

/// <summary>A node that is a process: its silo, its node, and the line that says where it is.</summary>
internal static class SiloProcess
{
    /// <summary>The node was declared dead by its cluster, or its silo failed.</summary>
    public const int DiedExitCode = 3;

    /// <summary>The node could not be started.</summary>
    public const int FailedExitCode = 1;

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DeadStopTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Runs until the token is cancelled (a signal), standard input ends where that is asked for, or the node dies.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(StartSettings settings, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        if (!settings.UntilInputEnds)
        {
            return await RunUntilToldAsync(settings, output, error, cancellationToken).ConfigureAwait(false);
        }

        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<int> run = RunUntilToldAsync(settings, output, error, end.Token);
        Task input = Console.OpenStandardInput().CopyToAsync(Stream.Null, end.Token);
        if (await Task.WhenAny(run, input).ConfigureAwait(false) != run)
        {
            await end.CancelAsync().ConfigureAwait(false);
        }

        return await run.ConfigureAwait(false);
    }

    private static async Task<int> RunUntilToldAsync(StartSettings settings, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        TaskCompletionSource<string> death = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            using IHost host = await StartAsync(settings, death, output, cancellationToken).ConfigureAwait(false);
            return await ServeAsync(host, death.Task, error, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception e) when (e is RayClusterUnreachableException or ClusterDatabaseException or GcsStoreException or OptionsValidationException or NotSupportedException or ArgumentException)
        {
            await error.WriteLineAsync($"The node was not started. {e.Message}").ConfigureAwait(false);
            return FailedExitCode;
        }
    }

    private static async Task<IHost> StartAsync(StartSettings settings, TaskCompletionSource<string> death, TextWriter output, CancellationToken cancellationToken)
    {
        RayClusterOptions cluster = new();
        Host.CreateApplicationBuilder().Configuration.GetSection(RayClusterOptions.ConfigurationSection).Bind(cluster);
        settings.ApplyTo(cluster);
        (IHost host, RayClusterPlan plan) = await RayClusterStart.StartAsync(cluster, why => death.TrySetResult(why), plan => Build(settings, plan), cancellationToken).ConfigureAwait(false);
        await AnnounceAsync(host.Services.GetRequiredService<ILocalNode>().GetStatus(), plan, output).ConfigureAwait(false);
        return host;
    }

    private static IHost Build(StartSettings settings, RayClusterPlan plan)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        builder.Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging
            .AddFilter("Orleans", LogLevel.Error)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Polly", LogLevel.Warning)
            .AddFilter("RayOrleans.Grains.NodeService", LogLevel.Warning);
        builder.AddRayOrleansNode(settings.ApplyTo);
        builder.UseOrleans(silo => silo.ConfigureRayCluster(plan));
        return builder.Build();
    }

    private static async Task AnnounceAsync(LocalNodeStatus status, RayClusterPlan plan, TextWriter output)
    {
        await output.WriteLineAsync(FormattableString.Invariant(
            $"Node {status.NodeId} is up at {plan.Settings.Address} ({status.Resources.GetValueOrDefault("CPU"):0.####} CPUs); join with: dotnet run -c Release --project silo/RayOrleans.Silo -- start --join {plan.Settings.Address}"))
            .ConfigureAwait(false);
        if (plan.Settings.IsPrimary)
        {
            await output.WriteLineAsync("This is the cluster's first node and keeps its membership in memory: it must stay for as long as the cluster does.").ConfigureAwait(false);
        }

        await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task<int> ServeAsync(IHost host, Task<string> death, TextWriter error, CancellationToken cancellationToken)
    {
        await Task.WhenAny(death, Task.Delay(Timeout.Infinite, cancellationToken)).ConfigureAwait(false);
        bool died = death.IsCompleted;
        if (died)
        {
            await error.WriteLineAsync($"The node stops: {await death.ConfigureAwait(false)}. A node that starts again is another node.").ConfigureAwait(false);
        }

        using CancellationTokenSource limit = new(died ? DeadStopTimeout : StopTimeout);
        try
        {
            await host.StopAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            await error.WriteLineAsync("The node did not stop in time and is ended.").ConfigureAwait(false);
        }

        return died ? DiedExitCode : 0;
    }
}
