namespace RayOrleans.Runtime.Cluster.Keys;

/// <summary>A name and the actor that has it.</summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="Name">The name.</param>
/// <param name="Actor">The actor.</param>
/// <param name="Description">What its creator's node wrote about it: enough to make a handle.</param>
internal sealed record ActorName(string Namespace, string Name, ActorId Actor, ReadOnlyMemory<byte> Description);
