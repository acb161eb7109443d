namespace RayOrleans.Core.Simulation.Cluster;

internal enum StepKind : byte
{
    Submit,
    Put,
    Get,
}
