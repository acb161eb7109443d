namespace RayOrleans.Runtime.Cluster;

/// <summary>A party that can go on elsewhere with what it knows.</summary>
internal interface IMovableParty : IClusterParty
{
    /// <summary>
    /// Ends the party: what it has taken is finished, everything else is refused and sent again by whoever sent it, to the party that follows it.
    /// </summary>
    /// <param name="why">What those who are refused are told.</param>
    /// <returns>Everything it knows, as <see cref="IMovableShardStorage.Restore"/> takes it; empty where the storage itself keeps it.</returns>
    Task<IReadOnlyList<ReadOnlyMemory<byte>>> LeaveAsync(string why);
}
