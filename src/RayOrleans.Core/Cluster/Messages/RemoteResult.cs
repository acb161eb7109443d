namespace RayOrleans.Core;

/// <summary>One result of a task that ran elsewhere.</summary>
/// <param name="Value">The value, when it is small; null also for one that stays in the node's store.</param>
/// <param name="IsStored">Whether the value stays in the store of the node that made it, to be found through the object table.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Contained">The objects it refers to; they are held by the sender until the receiver's holds are recorded.</param>
public sealed record RemoteResult(object? Value, bool IsStored, long Size, IReadOnlyList<RemoteRef> Contained)
{
    /// <summary>About how many bytes it takes on the wire.</summary>
    public int Bytes => 32 + (IsStored ? 0 : (int)Size) + (64 * Contained.Count);
}
