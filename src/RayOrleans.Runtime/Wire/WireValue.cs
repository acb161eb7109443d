namespace RayOrleans.Runtime.Wire;

/// <summary>A value that came from another node.</summary>
/// <param name="Value">The form that an entry keeps; <see cref="DistantValue"/> where it must be pulled.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Contained">The objects that it refers to.</param>
internal readonly record struct WireValue(object? Value, long Size, ObjectId[]? Contained);
