namespace RayOrleans.Core.Simulation;

internal enum WaitKind : byte
{
    None,
    Get,
    Wait,
    Stream,
}
