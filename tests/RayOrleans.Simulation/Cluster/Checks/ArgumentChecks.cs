namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>Arguments are pulled for whole tasks, within a bound, and somebody is always next.</summary>
internal static class ArgumentChecks
{
    public static void Check(ClusterWorld world, SimNode node)
    {
        ArgumentTotals totals = node.Machine.Arguments;
        if (totals.Waiting > 0)
        {
            world.Coverage.Hit("arguments wait for their turn");
        }

        if (totals.Waiting > 0 && totals.Incomplete == 0)
        {
            throw new ViolationException($"node {node.Number} pulls for no task, and {totals.Waiting} wait");
        }

        if (world.Limits.ArgumentBytes is { } limit && totals.Bytes > limit && totals.Incomplete > 1)
        {
            throw new ViolationException($"node {node.Number} pulls for {totals.Incomplete} tasks, which need {totals.Bytes} bytes; {limit} are allowed for more than one");
        }

        if ((totals.Admitted == 0) != (totals.Bytes == 0) || totals.Incomplete > totals.Admitted)
        {
            throw new ViolationException($"node {node.Number} counts {totals}");
        }
    }

    /// <summary>A pull for tasks has begun: one must be admitted, or have been when this step of the node decided it; its job may have ended in the same step.</summary>
    public static void CheckPull(SimNode node, ObjectId id)
    {
        if (node.Machine.Arguments.Admitted == 0 && node.AdmittedBefore == 0 && node.Machine.ArgumentAdmissions == node.AdmissionsBefore)
        {
            throw new ViolationException($"node {node.Number} pulls {id} for a task, and none is admitted");
        }
    }
}
