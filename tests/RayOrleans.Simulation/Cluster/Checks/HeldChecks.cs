namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>What code on a living node has a reference to is not gone.</summary>
internal static class HeldChecks
{
    public static void Scan(ClusterWorld world, SimNode node)
    {
        foreach (NodeBody body in node.Bodies.Alive)
        {
            foreach (LocalRef? local in body.Locals)
            {
                // An actor may have ended before a task that was given its handle runs again.
                bool mayBeGone = world.Losses > 0 && local is { Info.Expected.IsActor: true } && body.IsRepeated;
                if (local is { Entry.Status: ObjectStatus.Deleted } && !mayBeGone)
                {
                    throw new ViolationException($"{local.Info.Id}, which {body} holds, is deleted");
                }
            }
        }
    }
}
