namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>A limit that needs no measuring.</summary>
internal sealed class ConstantVariant(string name, double value) : ILimitVariant
{
    public string Name => name;

    public double Sample() => value;

    public void Dispose()
    {
    }
}
