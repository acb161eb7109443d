using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>A variant that counts how often something can be done per second.</summary>
internal sealed class RateVariant : ILimitVariant
{
    private readonly RateSampler _sampler;
    private readonly TimeSpan _sampleTime;
    private readonly IDisposable? _owned;

    /// <param name="name">The name in reports.</param>
    /// <param name="scale">The times.</param>
    /// <param name="body">What is repeated.</param>
    /// <param name="perCall">How much one call of it counts.</param>
    /// <param name="owned">What to end with it.</param>
    public RateVariant(string name, BenchmarkScale scale, Action body, double perCall = 1, IDisposable? owned = null)
    {
        Name = name;
        _sampler = new RateSampler(body, perCall);
        _sampleTime = scale.LimitSampleTime;
        _owned = owned;
        _sampler.WarmUp(scale.LimitWarmUpTime);
    }

    public string Name { get; }

    public double Sample() => _sampler.Sample(_sampleTime);

    public void Dispose() => _owned?.Dispose();
}
