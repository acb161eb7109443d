using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;
using RayOrleans.Grains;

namespace Quickstart;

/// <summary>A second node: this same program, started again with <c>--node</c>, as a process of its own.</summary>
public sealed class NodeProcess : IAsyncDisposable
{
    public const string Argument = "--node";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private readonly Process _process;

    private NodeProcess(Process process, string address)
    {
        _process = process;
        Address = address;
    }

    /// <summary>Where other nodes join it.</summary>
    public string Address { get; }

    /// <summary>Starts the process and waits until it says where it is.</summary>
    public static async Task<NodeProcess> StartAsync()
    {
        ProcessStartInfo start = new("dotnet", ["exec", typeof(NodeProcess).Assembly.Location, Argument])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(start) ?? throw new InvalidOperationException("The second node's process did not start.");
        using CancellationTokenSource limit = new(StartTimeout);
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.StartsWith("ray://", StringComparison.Ordinal))
            {
                return new NodeProcess(process, line);
            }
        }

        throw new InvalidOperationException("The second node's process ended before it had started.");
    }

    /// <summary>The body of that process: a node, until its standard input is closed.</summary>
    public static async Task<int> RunAsync()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.AddRayOrleansNode(o => o.CpusPerNode = 1);
        builder.UseOrleans(silo => silo.ConfigureRayCluster());
        using IHost host = builder.Build();
        await host.StartAsync();
        Console.WriteLine(host.Services.GetRayAddress());
        await Console.In.ReadToEndAsync();
        await host.StopAsync();
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
