using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>A value in the form that an entry keeps.</summary>
/// <param name="Value">The value itself, or a <see cref="StoredValue"/>.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Contained">The objects it refers to.</param>
/// <param name="KeepAlive">What must stay reachable until the engine has recorded <paramref name="Contained"/>.</param>
internal readonly record struct WrittenValue(object? Value, long Size, ObjectEntry[]? Contained, object? KeepAlive)
{
    public PartValue ToPart() => new(Value, Size, Contained);
}
