namespace RayOrleans.Grains;

/// <summary>An incarnation of an actor has been started.</summary>
/// <param name="NodeId">The node it lives on.</param>
/// <param name="Answer">What that node has to say to the one who asked for it.</param>
[GenerateSerializer]
[Immutable]
[Alias("RayOrleans.ActorStarted")]
public sealed record ActorStarted([property: Id(0)] NodeId NodeId, [property: Id(1)] byte[] Answer);
