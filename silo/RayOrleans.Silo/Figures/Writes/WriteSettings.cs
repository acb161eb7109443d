namespace RayOrleans.Silo.Figures.Writes;

/// <summary>What the command line asked for.</summary>
internal sealed record WriteSettings
{
    /// <summary>How long is written.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How many keys are written in turns.</summary>
    public required int Keys { get; init; }

    /// <summary>Whether the silo leaves in good order instead of being killed.</summary>
    public required bool Leaves { get; init; }

    /// <summary>Where the shards are kept, as <c>start --gcs</c> takes it; null: as a cluster on loopback has it.</summary>
    public string? Gcs { get; init; }

    /// <summary>Where the numbers go; null: nowhere.</summary>
    public string? Csv { get; init; }

    /// <summary>Where the picture goes; null: nowhere.</summary>
    public string? Svg { get; init; }
}
