namespace RayOrleans.Core.Simulation;

/// <summary>How one simulation ended.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Hash">A hash over all its events.</param>
/// <param name="Steps">How many steps it took.</param>
/// <param name="Failure">The rule that was broken; null when none was.</param>
/// <param name="Trace">The last events.</param>
/// <param name="Coverage">What it reached.</param>
public sealed record SimResult(long Seed, ulong Hash, long Steps, string? Failure, string Trace, Coverage Coverage);
