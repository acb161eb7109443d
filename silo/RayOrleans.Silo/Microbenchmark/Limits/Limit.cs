namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>A limit with the variants it can be reached by. The best one counts.</summary>
/// <param name="Variants">The variants; at least one.</param>
internal sealed record Limit(IReadOnlyList<ILimitVariant> Variants) : IDisposable
{
    /// <summary>Ends the variants.</summary>
    public void Dispose()
    {
        foreach (ILimitVariant variant in Variants)
        {
            variant.Dispose();
        }
    }
}
