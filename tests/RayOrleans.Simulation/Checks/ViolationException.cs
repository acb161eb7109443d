namespace RayOrleans.Core.Simulation;

/// <summary>A checker found a rule of the protocol broken.</summary>
internal sealed class ViolationException(string message) : Exception(message);
