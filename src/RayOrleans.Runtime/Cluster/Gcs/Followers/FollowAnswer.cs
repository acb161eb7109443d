namespace RayOrleans.Runtime.Cluster.Gcs.Followers;

/// <summary>A keeper's answer.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Newest">The newest epoch that it knows.</param>
/// <param name="Mark">The copy that it has; epoch 0: none.</param>
internal readonly record struct FollowAnswer(FollowVerdict Verdict, long Newest, CopyMark Mark)
{
    /// <summary>How many records its copy has.</summary>
    public int Count { get; init; }

    /// <summary>Pieces of records, in order.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Pieces { get; init; } = [];

    /// <summary>Whether the last piece ends its record, as all before it do.</summary>
    public bool EndsRecord { get; init; }
}
