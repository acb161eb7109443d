namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>One way to reach a limit. Used by one thread.</summary>
internal interface ILimitVariant : IDisposable
{
    /// <summary>What it is called in reports.</summary>
    string Name { get; }

    /// <summary>Measures once.</summary>
    double Sample();
}
