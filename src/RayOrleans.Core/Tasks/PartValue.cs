namespace RayOrleans.Core;

/// <summary>The value of one part of a tuple result.</summary>
/// <param name="Value">The runtime's form of the value.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Contained">The objects it refers to.</param>
public readonly record struct PartValue(object? Value, long Size, ObjectEntry[]? Contained);
