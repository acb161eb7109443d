using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using RayOrleans.Grains;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Processes.TestSilo;

/// <summary>
/// A silo with the set-up of the real one whose node, shards and schedulers echo. Prints "up", then answers commands from standard input,
/// one a line, until that ends: a silo never outlives the test that started it.
/// </summary>
internal static class TestSiloProcess
{
    private const int DiedExitCode = 3;
    /// <summary>As long as the tests wait for a line.</summary>
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Arguments: <c>[join address] [driver]</c>; an empty address makes a cluster, <c>driver</c> takes no shards.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        TaskCompletionSource<string> death = new(TaskCreationOptions.RunContinuationsAsynchronously);
        RayClusterOptions options = new() { Join = arguments is [{ Length: > 0 } join, ..] ? join : null, HostsControl = !arguments.Contains("driver"), JoinTimeout = JoinTimeout };
        (IHost host, RayClusterPlan plan) = await RayClusterStart.StartAsync(options, why => death.TrySetResult(why), Build, CancellationToken.None).ConfigureAwait(false);
        using IHost started = host;
        EchoNode node = host.Services.GetRequiredService<EchoNode>();
        Console.WriteLine($"up {node.NodeId} {plan.Settings.Address} {plan.Silo}");
        Task<int> ended = await Task.WhenAny(ServeAsync(host, node), DieAsync(death.Task)).ConfigureAwait(false);
        int code = await ended.ConfigureAwait(false);
        if (code == 0)
        {
            using CancellationTokenSource limit = new(StopTimeout);
            await host.StopAsync(limit.Token).ConfigureAwait(false);
        }

        return code;
    }

    private static IHost Build(RayClusterPlan plan)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        builder.Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.AddFilter("Orleans", LogLevel.Error).AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.AddSingleton<EchoNode>();
        builder.Services.AddSingleton<IClusterNode>(s => s.GetRequiredService<EchoNode>());
        builder.Services.AddSingleton<IActorNode>(s => s.GetRequiredService<EchoNode>());
        builder.Services.AddSingleton<IActorPlacer>(s => s.GetRequiredService<EchoNode>());
        builder.Services.AddSingleton<IClusterPartyFactory, EchoFactory>();
        builder.UseOrleans(silo => silo.ConfigureRayCluster(plan));
        return builder.Build();
    }

    private static async Task<int> ServeAsync(IHost host, EchoNode node)
    {
        Commands commands = new(host.Services, node);
        while (await Task.Run(Console.In.ReadLine).ConfigureAwait(false) is { } line)
        {
            string answer;
            try
            {
                answer = "ok " + await commands.RunAsync(line.Split(' ')).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                answer = $"error {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}";
            }

            Console.WriteLine(answer);
        }

        return 0;
    }

    private static async Task<int> DieAsync(Task<string> death)
    {
        Console.WriteLine($"died {await death.ConfigureAwait(false)}".ReplaceLineEndings(" "));
        return DiedExitCode;
    }
}
