namespace RayOrleans.Silo.Microbenchmark;

/// <summary>Keeps one embedded node at a time and replaces it when a line asks for another kind. Used by the driver's thread alone.</summary>
internal sealed class RuntimeHost : IDisposable
{
    private const long SmallStoreBytes = 1_000_000_000;

    private readonly BenchmarkScale _scale;
    private RuntimeProfile _profile;
    private IRay? _ray;

    public RuntimeHost(BenchmarkScale scale) => _scale = scale;

    /// <summary>The runtime of a kind; started when there is none.</summary>
    public IRay Get(RuntimeProfile profile)
    {
        if (_ray is null || _profile != profile)
        {
            Dispose();
            _ray = Ray.InitAsync(Options(profile)).GetAwaiter().GetResult();
            _profile = profile;
        }

        return _ray;
    }

    /// <summary>Stops the runtime, so that the next line gets a new one.</summary>
    public void Dispose()
    {
        IRay? ray = _ray;
        _ray = null;
        ray?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private RayOptions Options(RuntimeProfile profile) => profile switch
    {
        RuntimeProfile.HandOff => new RayOptions { InlineExecution = false },
        RuntimeProfile.Inline => new RayOptions(),
        RuntimeProfile.SmallStore => new RayOptions { InlineExecution = false, ObjectStoreBytes = SmallStoreSize() },
        _ => throw new ArgumentOutOfRangeException(nameof(profile), profile, "There is no such runtime."),
    };

    private long SmallStoreSize() => Math.Max((long)(SmallStoreBytes * Math.Min(_scale.Factor, 1)), 64L << 20);
}
