namespace RayOrleans.Runtime.Cluster.Keys;

/// <summary>A key's value, or a part of it, as it travels.</summary>
/// <param name="Key">The key.</param>
/// <param name="Version">Its version.</param>
/// <param name="Length">The length of the whole value, in bytes.</param>
/// <param name="Value">The part.</param>
internal readonly record struct KeyEntry(string Key, long Version, int Length, ReadOnlyMemory<byte> Value);
