namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>Whom a <see cref="ShardLog"/> serves. Called by one thread at a time.</summary>
internal interface IShardLogOwner
{
    /// <summary>Applies what was kept, in order, and sets the answers.</summary>
    void Apply(IReadOnlyList<ShardEntry> entries);

    /// <summary>The records that can stand for the whole journal, when it has grown beyond its bound; else null.</summary>
    IReadOnlyList<ReadOnlyMemory<byte>>? TakeSnapshot(long journalBytes, long time);

    /// <summary>The records that can stand for the whole journal, whatever its size.</summary>
    IReadOnlyList<ReadOnlyMemory<byte>> TakeState(long time);

    /// <summary>The journal did not take something, or the epoch has ended. Must not throw.</summary>
    void OnJournalFailed(Exception error);
}
