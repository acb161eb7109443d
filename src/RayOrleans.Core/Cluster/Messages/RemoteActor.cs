namespace RayOrleans.Core;

/// <summary>What a caller must know of an actor on another node.</summary>
/// <param name="Options">Its options.</param>
/// <param name="ClassName">Its class, for people.</param>
/// <param name="Host">The runtime's description.</param>
public sealed record RemoteActor(ActorOptions Options, string? ClassName, object? Host);
