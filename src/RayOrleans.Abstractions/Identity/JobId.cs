using System.Globalization;

namespace RayOrleans;

/// <summary>Identifies a job: one driver program's work on the cluster.</summary>
/// <param name="Value">The number.</param>
public readonly record struct JobId(ulong Value)
{
    /// <summary>The id that stands for no job.</summary>
    public static JobId None => default;

    /// <summary>The id as 16 hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
