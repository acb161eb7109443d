namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>An actor that answers at once.</summary>
internal sealed class BenchmarkActor
{
    private readonly string _value = "ok";

    /// <summary>A small value.</summary>
    public string SmallValue() => _value;

    /// <summary>A small value for an argument.</summary>
    public string SmallValueFor(int argument) => argument < 0 ? "" : _value;
}
