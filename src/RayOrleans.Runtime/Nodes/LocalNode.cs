using System.Reflection;
using System.Security.Cryptography;
using RayOrleans.Core;
using RayOrleans.ObjectStore;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Drivers;
using RayOrleans.Runtime.Files;
using RayOrleans.Runtime.Output;
using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime;

/// <summary>A node inside this process: its services, its threads, its driver. Started once, stopped once.</summary>
internal sealed class LocalNode : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How long the end of a driver waits until the job table has it; else the table takes it from the node's leaving, and for a failure.</summary>
    private static readonly TimeSpan RecordTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The same for a node that was declared dead, to which nobody listens.</summary>
    private static readonly TimeSpan LateRecordTimeout = TimeSpan.FromSeconds(1);

    private readonly NodeServices _services;
    private readonly Housekeeper _housekeeper;
    private readonly NodeMetrics _metrics;
    private readonly ConsoleOutput _console = new();
    private int _disposed;

    private LocalNode(NodeServices services)
    {
        _services = services;
        _housekeeper = new Housekeeper(services);
        _metrics = new NodeMetrics(services);
    }

    public NodeServices Services => _services;

    public DriverRay Driver { get; private set; } = null!;

    /// <summary>Runs after the node has stopped: what was started with it, a silo, stops too.</summary>
    public Func<ValueTask>? AfterStop { get; set; }

    /// <summary>Who takes batches from the cluster for this node; null for a node of its own.</summary>
    public IClusterParty? Party { get; private set; }

    public static LocalNode Start(RayOptions options, NodeStart? start = null)
    {
        options.Validate();
        OptionSupport.Check(options, start);
        FilePackage? files = Environments.Read(options);
        NodeSpill spill = new(options);
        SharedMemoryStore store = SharedMemoryStore.Create(new ArenaOptions
        {
            Spill = spill.Options,
            CallbackFailed = spill.Failed,
            CapacityBytes = options.ObjectStoreBytes ?? NodeDefaults.StoreBytes(),
            Directory = options.ObjectStoreDirectory,
            FullTimeout = options.ObjectStoreFullTimeout is var wait && (wait == Timeout.InfiniteTimeSpan || wait > ValueCodec.LongestWait) ? ValueCodec.LongestWait : wait,
        });
        NodeServices services = new(start?.NodeId ?? new NodeId(new UInt128(Draw(), Draw())), options, NodeDefaults.Resources(options), store, start);
        if (options.RuntimeEnv is { } environment)
        {
            services.Environments.Add(environment, files);
        }

        spill.Attach(services);
        services.Access = services.Worker is not null || start?.DriverPort is not null ? new ProcessAccess(services) : null;
        services.Processes = services.Worker is { } worker ? new WorkerProcesses(services, services.Access!, worker) : null;
        if (services.Processes is not null)
        {
            services.Files.RemoveLeftovers();
        }

        services.Memory = MemoryMonitor.For(services, start?.Meter);
        LocalNode node = new(services);
        JobId jobId = new(Draw());
        TaskId root = new(Draw(), Draw());
        JobRecord job = services.Engine.Cluster?.StartJob(jobId, root, About(services, jobId, options)) ?? new JobRecord(jobId, root);
        job.GivenNamespace = options.Namespace;
        node.Party = services.Cluster;
        node.Driver = new DriverRay(node.DisposeAsync, services, job, job.Namespace);
        services.Pool.DriverRay = node.Driver;
        if (options.LogToDriver)
        {
            services.Output.Attach(jobId, node._console.Write);
        }

        _ = ParallelDefaults.TryReplace();
        services.Collect.Start();
        node._housekeeper.Start();
        node.TakeDrivers(start?.DriverPort, start?.Data.Secret ?? default);
        if (store.Notice is { } notice)
        {
            services.Events.Warn(notice);
        }

        return node;
    }

    /// <summary>Ends the job, stops the threads and deletes the store. What still waits fails with <see cref="NodeDiedException"/>.</summary>
    public ValueTask DisposeAsync() => StopAsync("it was shut down", JobStatus.Succeeded);

    /// <summary>The driver is a program of its own: the job table knows of it before it does anything.</summary>
    public void AnnounceDriver() => _services.Gate.Do(engine => engine.Cluster!.AnnounceJob(Driver.Job));

    /// <summary>As <see cref="DisposeAsync"/>, for another reason: the cluster declared the node dead.</summary>
    /// <param name="why">The reason, as a clause.</param>
    public ValueTask StopAsync(string why) => StopAsync(why, JobStatus.Stopped);

    /// <summary>Ends the driver's job while the cluster can still be told; <see cref="DisposeAsync"/> follows once the node has left it.</summary>
    public Task LeaveAsync() => _services.Stopped is null ? EndDriverAsync("it was shut down", JobStatus.Succeeded, RecordTimeout) : Task.CompletedTask;

    private async Task EndDriverAsync(string why, JobStatus status, TimeSpan timeout)
    {
        // In a cluster detached actors live on: those of this node elsewhere, if they may be restarted.
        _services.Gate.Do(engine => engine.EndJob(Driver.Job, $"its runtime has stopped: {why}", withDetached: _services.Cluster is null, status));
        _services.PlacementGroups.Stop($"its runtime has stopped: {why}");
        if (_services.Cluster is { } cluster)
        {
            await Task.WhenAll(cluster.Jobs.RecordedAsync(Driver.Job.Id), cluster.Events.FlushAsync(wait: true)).WaitAsync(timeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async ValueTask StopAsync(string why, JobStatus status)
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        RayAmbient.RemoveDefault(Driver);
        _services.Stopped = why;
        await EndDriverAsync(why, status, status == JobStatus.Succeeded && !Driver.Job.IsEnded ? RecordTimeout : LateRecordTimeout).ConfigureAwait(false);
        _services.Output.Detach(Driver.Job.Id);
        await _console.EndAsync().ConfigureAwait(false);
        await Task.Factory.StartNew(Stop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        if (AfterStop is { } after)
        {
            await after().ConfigureAwait(false);
        }
    }

    private static JobReport About(NodeServices services, JobId id, RayOptions options) => new(id, services.NodeId, JobStatus.Running)
    {
        Namespace = options.Namespace ?? "",
        Name = Assembly.GetEntryAssembly()?.GetName().Name ?? "",
        Program = $"{Environment.ProcessPath ?? "?"} (process {Environment.ProcessId})",
        StartedAt = services.State.StartedAt.UtcTicks,
    };

    public static ulong Draw() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    /// <summary>Takes drivers in other processes, where the node is to be found by them.</summary>
    /// <param name="port">The port of the node's address; null: it takes none.</param>
    /// <param name="secret">What those from elsewhere prove to know.</param>
    private void TakeDrivers(int? port, ReadOnlyMemory<byte> secret)
    {
        if (port is not { } known)
        {
            return;
        }

        try
        {
            _services.Drivers = new DriverPort(_services, _services.Access!, known);
            _services.RemoteDrivers = new RemotePort(_services.Drivers, secret);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            _services.Events.Warn($"Programs of this machine cannot attach to this node: {e.Message}");
        }
    }

    private void Stop()
    {
        _services.Drivers?.Dispose();
        _services.Processes?.Dispose();
        _services.Files.Dispose();
        _services.Access?.Dispose();
        _services.Cluster?.DisposeAsync().AsTask().Wait(StopTimeout);
        _services.Pool.Stop(StopTimeout);
        _housekeeper.Stop();
        _services.Collect.Dispose();
        _services.Output.Dispose();
        _metrics.Dispose();
        _services.Store.Dispose();
    }
}
