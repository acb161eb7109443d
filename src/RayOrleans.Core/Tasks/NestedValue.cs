namespace RayOrleans.Core;

/// <summary>A value that an attempt put and its result refers to: one more result of its task.</summary>
/// <param name="Index">Its index among the task's objects, as <see cref="NestedResults.IndexOf"/> gives it.</param>
/// <param name="Put">The put's own entry, which the result's references name in the outcome.</param>
/// <param name="Value">The runtime's form of the value, for the result alone.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Contained">The objects it refers to.</param>
public readonly record struct NestedValue(int Index, ObjectEntry Put, object? Value, long Size, ObjectEntry[]? Contained);
