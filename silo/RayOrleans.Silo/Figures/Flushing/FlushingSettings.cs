namespace RayOrleans.Silo.Figures.Flushing;

/// <summary>What the command line asked for.</summary>
internal sealed record FlushingSettings
{
    /// <summary>How many tasks are run, at most.</summary>
    public required long Tasks { get; init; }

    /// <summary>It ends after this time with as many as there are by then.</summary>
    public required TimeSpan Limit { get; init; }

    /// <summary>Between two looks at everybody's memory.</summary>
    public required TimeSpan Look { get; init; }

    /// <summary>Whether finished tasks leave the shards.</summary>
    public required bool Flushes { get; init; }

    /// <summary>How many tasks are begun per second; 0: as many as can be.</summary>
    public required long Rate { get; init; }

    /// <summary>Where the shards are kept, as <c>start --gcs</c> takes it; null: as a cluster on loopback has it.</summary>
    public string? Gcs { get; init; }

    /// <summary>Where the numbers go; null: nowhere.</summary>
    public string? Csv { get; init; }

    /// <summary>Where the picture goes; null: nowhere.</summary>
    public string? Svg { get; init; }
}
