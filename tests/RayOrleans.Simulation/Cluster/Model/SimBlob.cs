namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>The bytes that one run made for an object; equal bytes of another run are another blob.</summary>
/// <param name="Instance">Its number, different for each.</param>
/// <param name="Id">The object it was made for.</param>
/// <param name="Version">The attempt that made it.</param>
/// <param name="Number">What it says.</param>
/// <param name="Contained">The objects it refers to.</param>
/// <param name="Size">Its size.</param>
internal sealed record SimBlob(int Instance, ObjectId Id, int Version, ulong Number, ObjectId[] Contained, long Size);
