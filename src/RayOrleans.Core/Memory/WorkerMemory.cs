namespace RayOrleans.Core;

/// <summary>A worker process of the node, for <see cref="MemoryPolicy"/>.</summary>
/// <param name="Worker">The process, as the runtime knows it.</param>
/// <param name="PrivateBytes">Memory that its end gives back: neither files nor the object store.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="Work">What it does.</param>
public sealed record WorkerMemory(object Worker, long PrivateBytes, long StartedAt, SessionWork Work);
