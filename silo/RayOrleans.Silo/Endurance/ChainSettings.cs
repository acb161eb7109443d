namespace RayOrleans.Silo.Endurance;

/// <summary>What the command line asked for.</summary>
internal sealed record ChainSettings
{
    /// <summary>How long the chain is, in tasks.</summary>
    public required long Tasks { get; init; }

    /// <summary>What may be kept of them, in bytes.</summary>
    public required long LineageBytes { get; init; }

    /// <summary>Between two looks.</summary>
    public required TimeSpan Look { get; init; }
}
