namespace RayOrleans.Core.Simulation.Cluster;

internal enum FaultKind : byte
{
    /// <summary>The code always fails.</summary>
    Code,

    /// <summary>By chance; the task may run again.</summary>
    Transient,

    /// <summary>The worker died.</summary>
    Crash,

    /// <summary>It read a failure.</summary>
    Read,

    /// <summary>It noticed that it was cancelled.</summary>
    Cancelled,
}
