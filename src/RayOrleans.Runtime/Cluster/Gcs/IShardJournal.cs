namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>
/// Where a shard keeps what must survive it: records in order, and the number of its newest activation. Every call names the epoch of the activation
/// that makes it; an activation that is not the newest any more can never write (fencing): once an epoch was raised, earlier ones fail. One object may be used by successive activations in
/// one process, and several processes may share what is behind it. Thread-safe, but an epoch has one writer, which waits for each call.
/// </summary>
internal interface IShardJournal : IShardStorage
{
    /// <summary>Whether records are kept at all; otherwise none need be made, and an empty append still finds out whether the epoch has ended.</summary>
    bool KeepsRecords { get; }

    /// <summary>Whether it has nothing that new records could follow any more, or may have lost it: the shard's state is to be put there before the next answer.</summary>
    bool WantsState => false;

    /// <summary>From how many bytes on it is to be replaced by the state; null: by the shard's options.</summary>
    long? MaxBytes => null;

    /// <summary>Reads what was kept: the records of the last <see cref="ReplaceAsync"/>, and those appended since. To be done before the epoch writes.</summary>
    /// <param name="epoch">The epoch of the reader.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StaleEpochException">There is a newer epoch.</exception>
    IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(long epoch, CancellationToken cancellationToken = default);

    /// <summary>
    /// Appends records; they are kept once it returns. When it throws, or a crash ends it, none, all or the first of them are kept, and none of them once the epoch has read, or a later append or
    /// replacement of it has returned: the shard goes on without them, so they must not come before what it acknowledges next. What a newer epoch has read of them stays.
    /// </summary>
    /// <param name="epoch">The epoch of the writer.</param>
    /// <param name="records">The records, none of them empty; not changed until it returns.</param>
    /// <exception cref="StaleEpochException">There is a newer epoch, now or ever after.</exception>
    ValueTask AppendAsync(long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records);

    /// <summary>Puts records in the place of everything kept so far; a crash leaves the one or the other.</summary>
    /// <param name="epoch">The epoch of the writer.</param>
    /// <param name="records">The records, none of them empty; not changed until it returns.</param>
    /// <exception cref="StaleEpochException">There is a newer epoch, now or ever after.</exception>
    ValueTask ReplaceAsync(long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records);
}
