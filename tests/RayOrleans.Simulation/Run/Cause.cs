namespace RayOrleans.Core.Simulation;

/// <summary>The command whose effects are being observed.</summary>
internal enum Cause : byte
{
    None,
    Submit,
    Put,
    Release,
    Free,
    Lose,
    Cancel,
    EndJob,
    Tick,
    Start,
    Complete,
    Kill,
    Yield,
    AbandonStream,
}
