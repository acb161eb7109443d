namespace RayOrleans.Core;

/// <summary>A put of an attempt that its results refer to, as one more result.</summary>
/// <param name="Index">Its index among the task's objects.</param>
/// <param name="Result">The result.</param>
public readonly record struct NestedResult(int Index, RemoteResult Result);
