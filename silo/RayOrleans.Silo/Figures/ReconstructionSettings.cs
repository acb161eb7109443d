namespace RayOrleans.Silo.Figures;

/// <summary>What the command line asked for.</summary>
internal sealed record ReconstructionSettings
{
    /// <summary>How long tasks are run.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Processes that run tasks at the beginning; two of them are removed and two added again.</summary>
    public required int Nodes { get; init; }

    /// <summary>Tasks that each node runs at a time.</summary>
    public required int TasksPerNode { get; init; }

    /// <summary>Tasks per chain.</summary>
    public required int Links { get; init; }

    /// <summary>Where the numbers go; null: nowhere.</summary>
    public string? Csv { get; init; }

    /// <summary>Where the picture goes; null: nowhere.</summary>
    public string? Svg { get; init; }
}
