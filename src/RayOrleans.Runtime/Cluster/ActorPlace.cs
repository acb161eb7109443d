namespace RayOrleans.Runtime.Cluster;

/// <summary>The answer of a scheduler that was asked to place an actor.</summary>
/// <param name="Node">The node that takes it; none: ask a global scheduler (from a local one), or nowhere now (from a global one).</param>
/// <param name="Request">For the global scheduler: what the actor needs, when the local scheduler had to find it out.</param>
/// <param name="Refusal">Why it can be placed nowhere, ever: the actor is dead, or no table knows it. Null otherwise.</param>
internal readonly record struct ActorPlace(NodeId Node, ReadOnlyMemory<byte> Request = default, string? Refusal = null);
