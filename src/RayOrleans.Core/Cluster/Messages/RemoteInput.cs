namespace RayOrleans.Core;

/// <summary>An input of a task that is sent to another node: a reference, or a small value that travels along.</summary>
/// <param name="Ref">The reference.</param>
/// <param name="IsInline">Whether <paramref name="Value"/> is the value.</param>
/// <param name="Value">The value in the runtime's form.</param>
/// <param name="Size">Its size in bytes, where known.</param>
public readonly record struct RemoteInput(RemoteRef Ref, bool IsInline, object? Value, long Size);
