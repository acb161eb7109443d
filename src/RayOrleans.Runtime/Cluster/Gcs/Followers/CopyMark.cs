namespace RayOrleans.Runtime.Cluster.Gcs.Followers;

/// <summary>Which copy of a shard it is, and how far it goes. Of several the greatest has everything that was acknowledged.</summary>
/// <param name="Epoch">The epoch that wrote it.</param>
/// <param name="Generation">Which copy of that epoch: each that a leader begins is another.</param>
/// <param name="Number">The number of the last append.</param>
internal readonly record struct CopyMark(long Epoch, int Generation, long Number) : IComparable<CopyMark>
{
    public int CompareTo(CopyMark other) => (Epoch, Generation, Number).CompareTo((other.Epoch, other.Generation, other.Number));
}
