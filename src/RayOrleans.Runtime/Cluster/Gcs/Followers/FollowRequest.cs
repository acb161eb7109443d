namespace RayOrleans.Runtime.Cluster.Gcs.Followers;

/// <summary>A request to a keeper of copies.</summary>
/// <param name="Verb">What is asked.</param>
/// <param name="Shard">The shard.</param>
/// <param name="Mark">The epoch that asks, the generation it means, and the number of an append or of a state's part.</param>
internal readonly record struct FollowRequest(FollowVerb Verb, int Shard, CopyMark Mark)
{
    /// <summary>The copy to go on with.</summary>
    public CopyMark Before { get; init; }

    /// <summary>Whether this is the last part.</summary>
    public bool IsLast { get; init; }

    /// <summary>The record to read from.</summary>
    public int Index { get; init; }

    /// <summary>And where in it.</summary>
    public int Offset { get; init; }

    /// <summary>The records.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Records { get; init; } = [];
}
