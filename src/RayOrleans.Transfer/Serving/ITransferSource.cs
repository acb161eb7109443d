namespace RayOrleans.Transfer;

/// <summary>What a <see cref="TransferServer"/> serves: the objects a node has. Called from many threads at once.</summary>
public interface ITransferSource
{
    /// <summary>
    /// Opens an object for reading, pinned until the lease is disposed. Called once per stripe, so an object may go away between two of them.
    /// May take its time, for example to restore a spilled object; the puller gives up after its stall limit.
    /// </summary>
    /// <param name="id">The object.</param>
    /// <param name="version">The version the puller wants; a copy of another version must not be served.</param>
    /// <param name="ct">Cancelled when the server stops.</param>
    /// <returns>The lease, or null when the object or the version is not here, which is an expected answer.</returns>
    ValueTask<TransferLease?> OpenAsync(ObjectId id, int version, CancellationToken ct);
}
