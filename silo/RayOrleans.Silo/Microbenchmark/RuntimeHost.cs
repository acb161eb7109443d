using RayOrleans.Grains;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark;

/// <summary>Keeps one node at a time and replaces it when a line asks for another kind. Used by the driver's thread alone.</summary>
internal sealed class RuntimeHost : IDisposable
{
    private const long SmallStoreBytes = 1_000_000_000;

    private readonly BenchmarkScale _scale;
    private RuntimeProfile _profile;
    private IRay? _ray;
    private SiloRuntime? _silo;
    private PairRuntime? _pair;

    public RuntimeHost(BenchmarkScale scale) => _scale = scale;

    /// <summary>The local scheduler of the running node's silo; null when the node is not in one.</summary>
    public ILocalSchedulerGrain? Scheduler => _silo?.Scheduler;

    /// <summary>The running two nodes; null when there is one node.</summary>
    public PairRuntime? Pair => _pair;

    /// <summary>The size of the store of <see cref="RuntimeProfile.SmallStore"/>.</summary>
    public static long SmallStoreSize(BenchmarkScale scale) => Math.Max((long)(SmallStoreBytes * Math.Min(scale.Factor, 1)), 64L << 20);

    /// <summary>The runtime of a kind; started when there is none.</summary>
    public IRay Get(RuntimeProfile profile)
    {
        if (_ray is null || _profile != profile)
        {
            Dispose();
            if (profile == RuntimeProfile.Silo)
            {
                _silo = SiloRuntime.Start();
                _ray = _silo.Ray;
            }
            else if (profile is RuntimeProfile.Pair or RuntimeProfile.PairWithoutLocality)
            {
                _pair = PairRuntime.Start(new RayOptions { InlineExecution = false, UseLocality = profile == RuntimeProfile.Pair });
                _ray = _pair.Ray;
            }
            else
            {
                _ray = Ray.InitAsync(Options(profile)).GetAwaiter().GetResult();
            }

            _profile = profile;
        }

        return _ray;
    }

    /// <summary>Stops the runtime, so that the next line gets a new one.</summary>
    public void Dispose()
    {
        IRay? ray = _ray;
        IDisposable? host = (IDisposable?)_silo ?? _pair;
        _ray = null;
        _silo = null;
        _pair = null;
        if (host is not null)
        {
            host.Dispose();
            return;
        }

        ray?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static RayOptions WithWorkers()
    {
        // In a test the process is not this program.
        RayWorker.Use(typeof(RuntimeHost).Assembly.Location);
        return new RayOptions { InlineExecution = false };
    }

    private RayOptions Options(RuntimeProfile profile) => profile switch
    {
        RuntimeProfile.HandOff => new RayOptions { InlineExecution = false },
        RuntimeProfile.Workers => WithWorkers(),
        RuntimeProfile.Inline => new RayOptions(),
        RuntimeProfile.Nine => new RayOptions { InlineExecution = false, Nodes = NodeBroadcast.Readers + 1, CpusPerNode = 1, ObjectStoreBytes = NodeBroadcast.StoreBytes },
        RuntimeProfile.SmallStore => new RayOptions { InlineExecution = false, ObjectStoreBytes = SmallStoreSize(_scale) },
        _ => throw new ArgumentOutOfRangeException(nameof(profile), profile, "There is no such runtime."),
    };
}
