namespace RayOrleans.Silo.Chaos;

/// <summary>What the command line asked for.</summary>
internal sealed record ChaosSettings
{
    /// <summary>Decides about the faults and the load.</summary>
    public required int Seed { get; init; }

    /// <summary>How long faults happen.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Nodes that faults happen to, beside the first one, which keeps the membership and is spared.</summary>
    public required int Workers { get; init; }

    /// <summary>What happens.</summary>
    public required IReadOnlyList<FaultKind> Faults { get; init; }

    /// <summary>The longest time that a workload may go without finishing a round; longer is a hang.</summary>
    public required TimeSpan Bound { get; init; }
}
