namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>The log of who joined and who was declared dead: everybody sees it in order, each at its own time.</summary>
internal sealed class Membership(ClusterWorld world)
{
    private readonly List<(SimNode Node, bool IsAlive, long Time)> _log = [];

    public void Join(SimNode node) => Append(node, isAlive: true);

    public void DeclareDead(SimNode node)
    {
        if (node.IsDeclaredDead)
        {
            return;
        }

        world.Note("declared dead", node.Number);
        world.Coverage.Hit(node.IsCrashed ? "crashed node declared dead" : "living node declared dead");
        node.IsDeclaredDead = true;
        world.NodeFailed();
        Append(node, isAlive: false);
    }

    /// <summary>A new host has read the log before it begins, but for what others may not have seen either.</summary>
    public void Introduce(Host host)
    {
        int known = world.IsStarting ? _log.Count : _log.Count(e => e.Time + world.Limits.MemberLag <= world.Now);
        while (host.MembersSeen < known)
        {
            TellNext(host);
        }

        for (int i = known; i < _log.Count; i++)
        {
            host.Run(world.Rng.Next(world.Limits.MemberLag), () => TellNext(host));
        }
    }

    private void Append(SimNode node, bool isAlive)
    {
        _log.Add((node, isAlive, world.IsStarting ? -world.Limits.MemberLag : world.Now));
        foreach (Host host in world.Hosts)
        {
            if (world.IsStarting)
            {
                host.RunNow(() => TellNext(host));
            }
            else
            {
                host.Run(Lag(), () => TellNext(host));
            }
        }
    }

    /// <summary>Some hear of it before what the node had sent has arrived, others long after.</summary>
    private long Lag() => 1 + world.Rng.Next(world.Rng.Chance(30) ? 3 : world.Limits.MemberLag);

    private void TellNext(Host host)
    {
        if (host.MembersSeen >= _log.Count)
        {
            return;
        }

        (SimNode node, bool isAlive, _) = _log[host.MembersSeen++];
        if (host != node || isAlive)
        {
            host.OnMember(node.Id, isAlive);
        }
        else
        {
            // It learns that the others hold it for dead, and stops; not at once.
            node.Run(world.Rng.Next(300), node.Crash);
        }
    }
}
