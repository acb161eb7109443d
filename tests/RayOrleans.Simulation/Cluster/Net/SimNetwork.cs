namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>Carries things from host to host: late, out of order, twice or not at all, as the seed wants.</summary>
internal sealed class SimNetwork(ClusterWorld world)
{
    private readonly List<(Host? A, Host B, long Until)> _cuts = [];
    private readonly Dictionary<(Host From, Host To), int> _delays = [];

    /// <summary>Whether it treats everything well: at the end, to see what remains.</summary>
    public bool IsHealed { get; private set; }

    public void Heal()
    {
        IsHealed = true;
        _cuts.Clear();
    }

    /// <summary>Nothing passes between the two until that time; with null between the second and everybody.</summary>
    public void Cut(Host? a, Host b, long until) => _cuts.Add((a, b, until));

    /// <summary>Lets something happen at the other host, perhaps.</summary>
    public void Send(Host from, Host to, Action arrive, bool isBackground = false)
    {
        SimRng rng = world.Rng;
        int copies = 1;
        if (!IsHealed)
        {
            if (IsCut(from, to) || rng.Next(1000) < world.Limits.LossPermille)
            {
                world.Coverage.Hit("lost message");
                return;
            }

            copies += rng.Next(1000) < world.Limits.DuplicationPermille ? 1 : 0;
        }

        for (; copies > 0; copies--)
        {
            to.Run(DelayBetween(from, to), arrive, isBackground);
        }
    }

    private long DelayBetween(Host from, Host to)
    {
        if (!_delays.TryGetValue((from, to), out int most))
        {
            most = world.Rng.Chance(world.Limits.SlowLinkPercent) ? 200 : world.Rng.Between(1, world.Limits.LinkDelay);
            _delays.Add((from, to), most);
        }

        return 1 + world.Rng.Next(IsHealed ? Math.Min(most, 20) : most);
    }

    private bool IsCut(Host from, Host to)
    {
        foreach ((Host? a, Host b, long until) in _cuts)
        {
            if (until > world.Now && (a is null ? from == b || to == b : (from == a && to == b) || (from == b && to == a)))
            {
                return true;
            }
        }

        return false;
    }
}
