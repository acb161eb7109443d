namespace RayOrleans.Silo.Microbenchmark.Measuring;

/// <summary>Samples in three figures.</summary>
/// <param name="Median">The middle one; the mean of the two middle ones where their number is even.</param>
/// <param name="Min">The smallest.</param>
/// <param name="Max">The largest.</param>
internal readonly record struct Summary(double Median, double Min, double Max)
{
    /// <summary>The summary of some samples.</summary>
    /// <exception cref="ArgumentException">There is no sample, or one is no number.</exception>
    public static Summary Of(IReadOnlyCollection<double> samples)
    {
        if (samples.Count == 0 || samples.Any(double.IsNaN))
        {
            throw new ArgumentException("A summary needs at least one sample, and numbers only.", nameof(samples));
        }

        double[] sorted = [.. samples.Order()];
        int middle = sorted.Length / 2;
        double median = sorted.Length % 2 == 1 ? sorted[middle] : sorted[middle - 1] + ((sorted[middle] - sorted[middle - 1]) / 2);
        return new Summary(median, sorted[0], sorted[^1]);
    }
}
