namespace RayOrleans;

/// <summary>One entry of the key-value table.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value; not to be changed.</param>
/// <param name="Version">Grows with every change of the key; at least 1.</param>
public sealed record KeyValueEntry(string Key, ReadOnlyMemory<byte> Value, long Version);
