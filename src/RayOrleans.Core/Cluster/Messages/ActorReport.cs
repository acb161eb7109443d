namespace RayOrleans.Core;

/// <summary>Where an actor stands.</summary>
/// <param name="State">Its state.</param>
/// <param name="Incarnation">Its incarnation.</param>
/// <param name="RestartsUsed">How many restarts it has used.</param>
/// <param name="Host">The node it lives on; none while it lives nowhere.</param>
/// <param name="Death">Why it is dead.</param>
public sealed record ActorReport(ActorState State, int Incarnation, int RestartsUsed, NodeId Host, Failure? Death);
