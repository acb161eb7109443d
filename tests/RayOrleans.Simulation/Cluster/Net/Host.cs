namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>Something that runs somewhere: a node, the activation of a shard, a scheduler's replica.</summary>
internal abstract class Host(ClusterWorld world, string name)
{
    public string Name { get; } = name;

    /// <summary>A number that traces can carry.</summary>
    public int Number { get; init; }

    /// <summary>Whether it is gone without a trace.</summary>
    public bool IsCrashed { get; private set; }

    /// <summary>Until when nothing of it runs.</summary>
    public long FrozenUntil { get; private set; }

    /// <summary>How many entries of the membership's log it has seen.</summary>
    public int MembersSeen { get; set; }

    /// <summary>The nodes that it was told are dead.</summary>
    public HashSet<NodeId> DeadSeen { get; } = [];

    public virtual void Crash() => IsCrashed = true;

    public void Freeze(long until) => FrozenUntil = Math.Max(FrozenUntil, until);

    /// <summary>Does something on the host, later if it is frozen then, never if it has crashed.</summary>
    public void Run(long delay, Action act, bool isBackground = false) => world.Timeline.At(world.Now + delay, () => RunNow(act, isBackground), isBackground);

    public void RunNow(Action act, bool isBackground = false)
    {
        if (IsCrashed)
        {
            return;
        }

        if (FrozenUntil > world.Now)
        {
            world.Timeline.At(FrozenUntil + world.Rng.Next(20), () => RunNow(act, isBackground), isBackground);
            return;
        }

        act();
        Settle();
    }

    /// <summary>The next entry of the membership's log.</summary>
    public void OnMember(NodeId node, bool isAlive)
    {
        if (!isAlive)
        {
            DeadSeen.Add(node);
        }

        ApplyMember(node, isAlive);
    }

    protected abstract void ApplyMember(NodeId node, bool isAlive);

    /// <summary>Carries out what follows from what was just done.</summary>
    protected abstract void Settle();
}
