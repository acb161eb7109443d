using System.Security.Cryptography;
using RayOrleans.Core;
using RayOrleans.ObjectStore;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Runtime;

/// <summary>A node inside this process: its services, its threads, its driver. Started once, stopped once.</summary>
internal sealed class LocalNode : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly NodeServices _services;
    private readonly Housekeeper _housekeeper;
    private readonly NodeMetrics _metrics;
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
        spill.Attach(services);
        LocalNode node = new(services);
        JobId jobId = new(Draw());
        TaskId root = new(Draw(), Draw());
        JobRecord job = services.Engine.Cluster?.StartJob(jobId, root) ?? new JobRecord(jobId, root);
        job.GivenNamespace = options.Namespace;
        node.Party = services.Cluster;
        node.Driver = new DriverRay(node, services, job, job.Namespace);
        services.Pool.DriverRay = node.Driver;
        _ = ParallelDefaults.TryReplace();
        services.Collect.Start();
        node._housekeeper.Start();
        if (store.Notice is { } notice)
        {
            services.Events.Warn(notice);
        }

        return node;
    }

    /// <summary>Ends the job, stops the threads and deletes the store. What still waits fails with <see cref="NodeDiedException"/>.</summary>
    public ValueTask DisposeAsync() => StopAsync("it was shut down");

    /// <summary>As <see cref="DisposeAsync"/>, for another reason: the cluster declared the node dead.</summary>
    /// <param name="why">The reason, as a clause.</param>
    public async ValueTask StopAsync(string why)
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        RayAmbient.RemoveDefault(Driver);
        _services.Stopped = why;

        // In a cluster detached actors live on: those of this node elsewhere, if they may be restarted.
        _services.Gate.Do(engine => engine.EndJob(Driver.Job, $"its runtime has stopped: {why}", withDetached: _services.Cluster is null));
        _services.PlacementGroups.Stop($"its runtime has stopped: {why}");
        await Task.Factory.StartNew(Stop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        if (AfterStop is { } after)
        {
            await after().ConfigureAwait(false);
        }
    }

    private static ulong Draw() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    private void Stop()
    {
        _services.Cluster?.DisposeAsync().AsTask().Wait(StopTimeout);
        _services.Pool.Stop(StopTimeout);
        _housekeeper.Stop();
        _services.Collect.Dispose();
        _metrics.Dispose();
        _services.Store.Dispose();
    }
}
