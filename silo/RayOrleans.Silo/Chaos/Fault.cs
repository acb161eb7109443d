namespace RayOrleans.Silo.Chaos;

/// <summary>One fault of a plan.</summary>
/// <param name="Pause">How long nothing is done before it.</param>
/// <param name="Kind">What is done.</param>
/// <param name="Victim">To which worker, from 0.</param>
/// <param name="Duration">How long it lasts; for a kill or a leave: until the next node joins.</param>
internal readonly record struct Fault(TimeSpan Pause, FaultKind Kind, int Victim, TimeSpan Duration);
