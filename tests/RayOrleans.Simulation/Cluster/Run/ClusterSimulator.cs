namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>Drives a cluster until its drivers have ended and nothing moves any more, then looks for what is left.</summary>
internal sealed class ClusterSimulator(ClusterWorld world)
{
    private const int StepBound = 400_000;

    public long Steps { get; private set; }

    public void Run()
    {
        UntilStill(healAt: 6_000);
        Progress();
        foreach (ClusterJob job in world.Jobs.Where(j => !j.Node.IsCrashed && !j.HasEnded))
        {
            throw new ViolationException($"nothing moves and driver {job.Number} has not ended");
        }

        world.IsEmptying = true;

        // Now only dead nodes' holds can keep anything, and time alone ends them.
        world.IsTickingSlowly = true;
        Pass(world.Limits.DeadHoldTicks + (world.Limits.TickEvery * 24));
        world.IsTickingSlowly = false;
        UntilStill(healAt: 0);
        if (WhatIsWrong() is not null)
        {
            Pass(world.Limits.DeadHoldTicks + (world.Limits.TickEvery * 110));
            UntilStill(healAt: 0);
        }

        Progress();
        if (WhatIsWrong() is { } wrong)
        {
            throw new ViolationException(wrong);
        }

        JobChecks.Cover(world);
        LineageChecks.End(world);
    }

    private string? WhatIsWrong() => EndChecks.WhatIsLeft(world) ?? JobChecks.WhatIsWrong(world);

    /// <summary>Until nothing is left to happen but what always happens again, and that has led to nothing new for a while.</summary>
    private void UntilStill(long healAt)
    {
        long stillSince = world.Now;
        while (world.Now - stillSince < world.Limits.TickEvery * 20 || !world.Network.IsHealed || world.Nodes.Exists(IsFrozen))
        {
            // Where nothing has failed, nothing but time is left to happen once it is still.
            if (!world.Network.IsHealed && (world.Now >= healAt || (world.Failures == 0 && world.Now - stillSince >= world.Limits.TickEvery * 20)))
            {
                world.Note("heals", 0);
                world.Network.Heal();
            }

            if (world.Timeline.Pending > 0)
            {
                stillSince = world.Now;
            }

            Step();
        }
    }

    private bool IsFrozen(SimNode node) => !node.IsCrashed && node.FrozenUntil > world.Now;

    private void Pass(long time)
    {
        long until = world.Now + time;
        while (world.Now < until)
        {
            Step();
        }
    }

    private void Step()
    {
        world.Timeline.Step();
        if (++Steps > StepBound)
        {
            throw new ViolationException($"the cluster does not come to rest within {StepBound} steps");
        }

        if (Steps % 256 == 0)
        {
            Scan();
        }
    }

    private void Scan()
    {
        foreach (SimNode node in world.Nodes.Where(n => !n.HasFailed))
        {
            VersionChecks.Scan(world, node);
            HeldChecks.Scan(world, node);
            JobChecks.Scan(node);
            LineageChecks.Scan(world, node);
        }

        if (!world.IsDisturbed)
        {
            ReplicaChecks.Scan(world);
        }
    }

    /// <summary>All programs end; whatever still waits, waits for ever.</summary>
    private void Progress()
    {
        foreach (SimNode node in world.Nodes.Where(n => !n.HasFailed))
        {
            foreach (NodeBody body in node.Bodies.Alive)
            {
                throw new ViolationException(
                    $"nothing moves and {body} waits ({(body.IsBlocked ? "blocked" : "running")}) for: "
                    + string.Join("; ", body.WaitEntries.Select(e => EndChecks.Explain(world, e.Id))));
            }
        }
    }
}
