using System.Globalization;

namespace RayOrleans;

/// <summary>Identifies a worker of a node: an owned thread of the silo, or a worker process.</summary>
/// <param name="Value">The number, unique on its node.</param>
public readonly record struct WorkerId(int Value)
{
    /// <summary>The number in decimal digits.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
