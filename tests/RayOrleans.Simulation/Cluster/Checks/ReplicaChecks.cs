namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>
/// A replicated put that came back is on two nodes, and outlives any that dies alone; then another keeps it. Looks into the stores, not at what anybody says.
/// </summary>
internal static class ReplicaChecks
{
    /// <summary>The put has come back.</summary>
    public static void Returned(ClusterWorld world, NodeBody body, SimObjectInfo put, ObjectEntry ticket)
    {
        if (body.Node.HasFailed || ticket.Status != ObjectStatus.Available || put.IsFreed)
        {
            return;
        }

        if (KeepersOf(world, put) >= 2)
        {
            world.Coverage.Hit("put replicated");
            put.Replicas = new SimReplicas();
        }
        else if (world.Failures == body.WaitFailures && body.Node.Machine.Nodes.Count > 1)
        {
            throw new ViolationException($"{body} has put {put.Id}, and no other node keeps a copy");
        }
    }

    /// <summary>A node has just failed.</summary>
    public static void NodeFailed(ClusterWorld world)
    {
        foreach (SimObjectInfo put in world.Objects.Values)
        {
            if (put.Replicas is { MayBeLost: false } replicas && KeepersOf(world, put) == 0)
            {
                replicas.MayBeLost = true;
            }
        }
    }

    /// <summary>What somebody holds is kept by two nodes again before long; looked at where nothing but nodes' deaths is in the way.</summary>
    public static void Scan(ClusterWorld world)
    {
        HashSet<ObjectId> held = [.. world.Nodes.Where(n => !n.HasFailed).SelectMany(n => n.Bodies.Alive).SelectMany(b => b.Locals).OfType<LocalRef>().Select(l => l.Info.Id)];
        foreach (SimObjectInfo put in world.Objects.Values)
        {
            if (put.Replicas is not { MayBeLost: false } replicas)
            {
                continue;
            }

            if (!held.Contains(put.Id) || put.IsFreed || put.Job.IsOver || KeepersOf(world, put) >= 2 || world.Nodes.Count(n => !n.HasFailed) < 2)
            {
                if (replicas.ThinSince is not null && KeepersOf(world, put) >= 2)
                {
                    world.Coverage.Hit("put replicated again");
                }

                replicas.ThinSince = null;
            }
            else if (world.Now - (replicas.ThinSince ??= world.Now) > world.Limits.ThinFor)
            {
                throw new ViolationException($"{put.Id} has not been replicated again within {world.Limits.ThinFor}: {EndChecks.Explain(world, put.Id)}");
            }
        }
    }

    private static int KeepersOf(ClusterWorld world, SimObjectInfo put) =>
        world.Nodes.Count(n => !n.HasFailed && n.Copies.Any(c => c.IsKept && c.Blob.Id == put.Id));
}
