namespace RayOrleans.Core;

/// <summary>What a shard knows of one job; who is told of it is said again in a next epoch.</summary>
/// <param name="Report">Its state.</param>
/// <param name="MissedSince">Since when its driver's node has been missed.</param>
public sealed record JobRowSnapshot(JobReport Report, long MissedSince);
