namespace RayOrleans.Silo.Jobs;

/// <summary>What <c>submit</c> was told.</summary>
internal sealed record SubmitSettings
{
    /// <summary>A program or its folder.</summary>
    public required string Program { get; init; }

    /// <summary>The program's arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>A node's address; null: what the environment says, else a node of this machine.</summary>
    public string? Address { get; init; }

    /// <summary>The job's id; null: a new one.</summary>
    public string? Id { get; init; }

    /// <summary>Whether to show what it writes until it has ended.</summary>
    public bool Waits { get; init; } = true;

    /// <summary>Environment variables of the program.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
