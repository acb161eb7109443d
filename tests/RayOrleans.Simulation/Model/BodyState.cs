namespace RayOrleans.Core.Simulation;

internal enum BodyState : byte
{
    Runnable,
    Blocked,

    /// <summary>It waits for a body that runs in its place.</summary>
    Inlining,
    Ended,
}
