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
    CancelRecursively,
    EndJob,
    Tick,
    Start,
    Complete,
    Kill,
    Yield,
    AbandonStream,
}
