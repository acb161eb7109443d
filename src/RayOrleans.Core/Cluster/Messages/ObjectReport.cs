namespace RayOrleans.Core;

/// <summary>What is known of one object.</summary>
/// <param name="Ref">The object.</param>
/// <param name="Status">Pending, Available (with a small value), Remote (a copy lies in a store), Failed, or Deleted.</param>
/// <param name="Version">The attempt that made the value.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Value">The small value in the runtime's form, or the <see cref="Failure"/>.</param>
/// <param name="Contained">The objects that the value refers to.</param>
/// <param name="IsHere">Whether the sender's store has a copy.</param>
/// <param name="Level">How much of it the sender wants kept, in a publication.</param>
public sealed record ObjectReport(
    RemoteRef Ref, ObjectStatus Status, int Version, long Size, object? Value, IReadOnlyList<RemoteRef> Contained, bool IsHere, HoldLevel Level)
{
    /// <summary>How safe it is.</summary>
    public Replication Replication { get; init; }

    /// <summary>About how many bytes it takes on the wire.</summary>
    public int Bytes => 96 + (Status == ObjectStatus.Available ? (int)Size : Status == ObjectStatus.Failed ? 1024 : 0) + 64 * Contained.Count;
}
