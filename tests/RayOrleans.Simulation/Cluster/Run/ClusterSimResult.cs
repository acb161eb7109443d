namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>What came of one simulation of a cluster.</summary>
/// <param name="Options">What it was told.</param>
/// <param name="Hash">Over all its events.</param>
/// <param name="Steps">How many there were.</param>
/// <param name="Failure">What the checkers say; null: nothing.</param>
/// <param name="Trace">The last events, after a failure.</param>
/// <param name="Coverage">What it reached.</param>
public sealed record ClusterSimResult(ClusterSimOptions Options, ulong Hash, long Steps, string? Failure, string Trace, Coverage Coverage);
