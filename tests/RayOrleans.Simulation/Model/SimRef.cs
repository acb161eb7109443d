namespace RayOrleans.Core.Simulation;

/// <summary>One hold on an object.</summary>
internal readonly record struct SimRef(SimObject Subject, bool BySubmitter);
