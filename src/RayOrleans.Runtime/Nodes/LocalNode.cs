using System.Security.Cryptography;
using RayOrleans.Core;
using RayOrleans.ObjectStore;

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

    public static LocalNode Start(RayOptions options)
    {
        options.Validate();
        SharedMemoryStore store = SharedMemoryStore.Create(new ArenaOptions
        {
            CapacityBytes = options.ObjectStoreBytes ?? NodeDefaults.StoreBytes(),
            Directory = options.ObjectStoreDirectory,
            FullTimeout = options.ObjectStoreFullTimeout is var wait && (wait == Timeout.InfiniteTimeSpan || wait > ValueCodec.LongestWait) ? ValueCodec.LongestWait : wait,
        });
        NodeServices services = new(new NodeId(new UInt128(Draw(), Draw())), options, NodeDefaults.Resources(options), store);
        LocalNode node = new(services);
        JobRecord job = new(new JobId(Draw()), new TaskId(Draw(), Draw()));
        node.Driver = new DriverRay(node, services, job, options.Namespace ?? $"job-{job.Id}");
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
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        RayAmbient.RemoveDefault(Driver);
        _services.Stopped = "it was shut down";
        _services.Gate.Do(engine => engine.EndJob(Driver.Job, "its runtime was shut down", withDetached: true));
        _services.PlacementGroups.Stop("its runtime was shut down");
        await Task.Factory.StartNew(Stop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
    }

    private static ulong Draw() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    private void Stop()
    {
        _services.Pool.Stop(StopTimeout);
        _housekeeper.Stop();
        _services.Collect.Dispose();
        _metrics.Dispose();
        _services.Store.Dispose();
    }
}
