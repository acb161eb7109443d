namespace RayOrleans.Core;

/// <summary>The worker process that is stopped because the node's memory runs out.</summary>
/// <param name="Worker">The process.</param>
/// <param name="HasSiblings">Whether the caller of the one task that it runs has others in other processes of the node: with one less of them there may be memory enough.</param>
public sealed record MemoryChoice(WorkerMemory Worker, bool HasSiblings);
