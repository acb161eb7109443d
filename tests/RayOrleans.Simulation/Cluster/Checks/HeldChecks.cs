namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>What code on a living node has a reference to is not gone.</summary>
internal static class HeldChecks
{
    public static void Scan(SimNode node)
    {
        foreach (NodeBody body in node.Bodies.Alive)
        {
            foreach (LocalRef? local in body.Locals)
            {
                if (local is { Entry.Status: ObjectStatus.Deleted })
                {
                    throw new ViolationException($"{local.Info.Id}, which {body} holds, is deleted");
                }
            }
        }
    }
}
