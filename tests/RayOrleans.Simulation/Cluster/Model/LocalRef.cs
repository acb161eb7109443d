namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>A reference that a run of code has, with one hold on its object.</summary>
/// <param name="Info">The object.</param>
/// <param name="Entry">Its entry on the run's node.</param>
/// <param name="BySubmitter">Whether it is the hold made when its task was submitted.</param>
internal sealed record LocalRef(SimObjectInfo Info, ObjectEntry Entry, bool BySubmitter);
