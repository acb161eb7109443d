namespace RayOrleans.Silo.Microbenchmark.Measuring;

/// <summary>A line whose sample is one run of something long, which says its own figure.</summary>
internal sealed class TimedRun : ILineRun
{
    private readonly Action _warmUp;
    private readonly Func<double> _sample;

    /// <param name="warmUp">A short run of the same.</param>
    /// <param name="sample">One run; returns its figure.</param>
    public TimedRun(Action warmUp, Func<double> sample)
    {
        _warmUp = warmUp;
        _sample = sample;
    }

    public void WarmUp() => _warmUp();

    public double Sample() => _sample();

    public void Dispose()
    {
    }
}
