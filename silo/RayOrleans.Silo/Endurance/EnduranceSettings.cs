namespace RayOrleans.Silo.Endurance;

/// <summary>What the command line asked for.</summary>
internal sealed record EnduranceSettings
{
    /// <summary>How many objects are made, at least.</summary>
    public required long Objects { get; init; }

    /// <summary>It ends after this time with as many as there are by then.</summary>
    public required TimeSpan Limit { get; init; }

    /// <summary>Between two looks at everybody's memory.</summary>
    public required TimeSpan Look { get; init; }
}
