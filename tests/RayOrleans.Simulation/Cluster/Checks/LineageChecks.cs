namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>What is kept of finished tasks is bounded, and a result that is lost for that says so.</summary>
internal static class LineageChecks
{
    public static void Scan(ClusterWorld world, SimNode node)
    {
        foreach (JobRecord job in node.Machine.Jobs)
        {
            if (job.LineageBytes > world.Limits.LineageBytes)
            {
                throw new ViolationException($"node {node.Number} keeps {job.LineageBytes} bytes of the finished tasks of job {job.Id}, and may keep {world.Limits.LineageBytes}");
            }
        }
    }

    public static void End(ClusterWorld world)
    {
        foreach (SimNode node in world.Nodes.Where(n => !n.HasFailed))
        {
            if (node.Machine.Jobs.FirstOrDefault(j => j.LineageBytes != 0) is { } job)
            {
                throw new ViolationException($"node {node.Number} has nothing left, and counts {job.LineageBytes} bytes of the finished tasks of job {job.Id}");
            }
        }
    }

    /// <summary>Whether a failure says that lineage was evicted, and some was.</summary>
    public static bool Explains(ClusterWorld world, Failure failure)
    {
        bool isEvicted = failure.Message.Contains("lineage evicted", StringComparison.Ordinal) || failure.Message.Contains("lineage is gone", StringComparison.Ordinal);
        return isEvicted && world.Nodes.Exists(n => n.Machine.Jobs.Any(j => j.LineageEvictions > 0));
    }
}
