namespace RayOrleans.Silo.Microbenchmark.Measuring;

/// <summary>A line that counts how often something can be done per second.</summary>
internal sealed class RateRun : ILineRun
{
    private readonly RateSampler _sampler;
    private readonly BenchmarkScale _scale;
    private readonly Action _body;
    private readonly double _perCall;
    private readonly Action? _close;

    /// <param name="scale">The times.</param>
    /// <param name="body">What is repeated.</param>
    /// <param name="perCall">How much one call of it counts.</param>
    /// <param name="close">What is left to do at the end.</param>
    public RateRun(BenchmarkScale scale, Action body, double perCall = 1, Action? close = null)
    {
        _sampler = new RateSampler(body, perCall);
        _scale = scale;
        _body = body;
        _perCall = perCall;
        _close = close;
    }

    public void WarmUp() => _sampler.WarmUp(_scale.WarmUpTime);

    public double Sample() => _sampler.Sample(_scale.SampleTime);

    /// <summary>Repeats the body without a clock, for figures that are no rates.</summary>
    /// <returns>What that counts.</returns>
    public double Repeat(int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            _body();
        }

        return calls * _perCall;
    }

    public void Dispose() => _close?.Invoke();
}
