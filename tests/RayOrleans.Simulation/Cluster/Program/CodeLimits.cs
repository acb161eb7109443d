namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>How large random code gets.</summary>
internal sealed record CodeLimits
{
    public required int Tasks { get; init; }

    public required int Depth { get; init; }

    public required long InlineBytes { get; init; }

    public required int LargePercent { get; init; }

    public required int DriverSteps { get; init; }

    public required int SpreadPercent { get; init; }

    public required int NoisePercent { get; init; }

    /// <summary>How many steps are about actors.</summary>
    public int ActorPercent { get; init; }

    /// <summary>How many steps of code that may wait are about streams.</summary>
    public int StreamPercent { get; init; }

    public required ResourceShape[] Shapes { get; init; }
}
