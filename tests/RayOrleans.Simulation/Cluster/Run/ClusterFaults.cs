namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>What goes wrong, and when.</summary>
internal sealed class ClusterFaults(ClusterWorld world, FaultProfile profile)
{
    private SimRng Rng => world.Rng;

    private bool Is(FaultProfile one) => profile == one || profile == FaultProfile.All;

    /// <summary>Draws what will go wrong within that time.</summary>
    public void Plan(int within)
    {
        if (Is(FaultProfile.Network))
        {
            Repeat(3, within, CutPair);
        }

        if (Is(FaultProfile.Crashes))
        {
            Repeat(2, within, CrashNode);
            Repeat(2, within, Ambush);
            Repeat(2, within, Join);
            Repeat(3, within, CrashWorker);
        }

        if (Is(FaultProfile.Freezes))
        {
            Repeat(2, within, FreezeNode);
            Repeat(1, within, CutOff);
        }

        if (Is(FaultProfile.Shards))
        {
            Repeat(2, within, MoveShard);
            Repeat(2, within, () => world.Schedulers.Replace(Rng.Next(world.Schedulers.Replicas.Count)));
            Repeat(1, within, () => Rng.Pick(world.Shards).Freeze(world.Now + Rng.Next(800)));
        }

        if (Is(FaultProfile.Evictions))
        {
            for (int i = 0; i < 300; i++)
            {
                world.Timeline.After(Rng.Next(within), Evict);
            }

            Repeat(Rng.Chance(50) ? 20 : 0, within, () => Damage(Rng.Pick(world.Nodes), static _ => true));
        }
    }

    /// <summary>An attempt is on its way that leaves some results of its task out, because they are there: now and then they are not for long.</summary>
    public void OnKept(SimNode owner, ExecuteMessage execute)
    {
        if (Is(FaultProfile.Evictions) && Rng.Chance(30))
        {
            world.Timeline.After(Rng.Next(100), () => Damage(owner, e => e.Id.Task == execute.Spec.Id && execute.Kept.Contains(e.Id.Index)));
        }
    }

    private void Repeat(int most, int within, Action fault)
    {
        for (int i = Rng.Next(most + 1); i > 0; i--)
        {
            world.Timeline.After(Rng.Next(within), fault);
        }
    }

    private SimNode? Victim()
    {
        List<SimNode> nodes = [.. world.Nodes.Skip(world.Tame).Where(n => !n.HasFailed)];
        return nodes.Count == 0 ? null : Rng.Pick(nodes);
    }

    private void CutPair()
    {
        Host a = Rng.Pick(world.Hosts);
        Host b = Rng.Pick(world.Hosts);
        world.Note("cut", a.Number, b.Number);
        world.Network.Cut(a, b, world.Now + Rng.Next(1_000));
    }

    private void CrashNode()
    {
        if (!world.Network.IsHealed)
        {
            Victim()?.Crash();
        }
    }

    /// <summary>A node takes away one of the copies that it has pulled, unless somebody is about to read it: there the runtime waits for it again.</summary>
    private void Evict()
    {
        SimNode node = Rng.Pick(world.Nodes);
        List<ObjectEntry> copies = [.. node.Engine.Entries().Where(e => e.Value is SimCopy && ClusterMachine.IsPulled(e) && !node.Bodies.Alive.Any(b => IsAboutToRead(b, e)))];
        if (node.HasFailed || copies.Count == 0)
        {
            return;
        }

        ObjectEntry entry = Rng.Pick(copies);
        world.Note("evicts", node.Number, entry.Version, 0, entry.Id);
        world.Coverage.Hit(node.Machine.Owns(entry) ? "evicted the owner's copy" : "evicted a copy");
        node.RunNow(() => node.Engine.LoseHere(entry, entry.Value!, "when it was evicted"));
    }

    /// <summary>What a task made and a node keeps is damaged there, on its disk: as if the node had died for that alone.</summary>
    private void Damage(SimNode node, Predicate<ObjectEntry> isMeant)
    {
        if (node.HasFailed || world.Network.IsHealed)
        {
            return;
        }

        List<ObjectEntry> made = [.. node.Engine.Entries().Where(e =>
            e is { Value: SimCopy, Id.IsPut: false } && world.Tasks[e.Id.Task].IsMadeAgain && isMeant(e) && !node.Bodies.Alive.Any(b => IsAboutToRead(b, e)))];
        if (made.Count > 0)
        {
            ObjectEntry entry = Rng.Pick(made);
            world.Note("damages", node.Number, entry.Version, 0, entry.Id);
            world.Coverage.Hit("copy damaged");
            world.Damages++;
            node.RunNow(() => node.Engine.LoseHere(entry, entry.Value!, "when it was damaged"));
        }
    }

    private static bool IsAboutToRead(NodeBody body, ObjectEntry entry) =>
        body.WaitEntries.Contains(entry) || body.Attempt?.Task.Inputs?.Contains(entry) == true;

    /// <summary>A node will crash just after it has sent something: what it held must outlive the message.</summary>
    private void Ambush()
    {
        if (!world.Network.IsHealed && Victim() is { } node)
        {
            node.CrashesAfterBatches = 1 + Rng.Next(6);
        }
    }

    private void Join()
    {
        if (!world.Network.IsHealed && world.Nodes.Count < 8)
        {
            world.Coverage.Hit("node joined");
            world.AddNode(world.Nodes[0].Engine.Resources.Total);
        }
    }

    private void CrashWorker()
    {
        List<NodeBody> bodies = [.. Rng.Pick(world.Nodes).Bodies.Alive.Where(b => b.Task is not null)];
        if (bodies.Count > 0)
        {
            NodeBody body = Rng.Pick(bodies);
            body.Node.RunNow(() => body.Node.Bodies.CrashWorker(body));
        }
    }

    /// <summary>Nothing runs on it for a while; long enough, and it comes back to a cluster that holds it for dead.</summary>
    private void FreezeNode()
    {
        if (Victim() is { } node && !world.Network.IsHealed)
        {
            long length = Rng.Next(world.Limits.DetectAfter * 3);
            world.Note("freezes", node.Number, (int)length);
            world.Coverage.Hit("freeze");
            node.Freeze(world.Now + length);
            DeclareDeadIfLong(node, length);
        }
    }

    /// <summary>It runs on, and nobody hears of it.</summary>
    private void CutOff()
    {
        if (Victim() is { } node && !world.Network.IsHealed)
        {
            long length = Rng.Next(world.Limits.DetectAfter * 3);
            world.Note("cut off", node.Number, (int)length);
            world.Coverage.Hit("cut off");
            world.Network.Cut(null, node, world.Now + length);
            DeclareDeadIfLong(node, length);
        }
    }

    private void DeclareDeadIfLong(SimNode node, long length)
    {
        long detect = (world.Limits.DetectAfter / 2) + Rng.Next(world.Limits.DetectAfter);
        if (length > detect)
        {
            world.Timeline.After(detect, () => world.Membership.DeclareDead(node));
        }
    }

    /// <summary>A shard's silo died: it comes back elsewhere with nothing. The old activation may live on for a while.</summary>
    private void MoveShard()
    {
        int index = Rng.Next(world.Shards.Count);
        SimShard old = world.Shards[index];
        world.Note("moves", old.Number);
        world.Coverage.Hit("shard moved");
        world.ShardsEmptied++;
        if (Rng.Chance(60))
        {
            old.Crash();
        }
        else
        {
            old.Run(Rng.Next(500), old.Crash);
        }

        world.AddShard(index);
    }
}
