namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>Runs seeds of clusters whose code makes and reads streams, of tasks and of actors.</summary>
public static class StreamSoak
{
    /// <summary>The first failing seed of a range, over all profiles; null when none fails.</summary>
    public static string? FirstFailureOf(long start, int count) => ClusterSoak.FirstFailureOf(start, count, withActors: true, withStreams: true);
}
