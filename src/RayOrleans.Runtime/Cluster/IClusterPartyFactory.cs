namespace RayOrleans.Runtime.Cluster;

/// <summary>Makes the parties that live in grains. Thread-safe; called whenever a grain is activated.</summary>
internal interface IClusterPartyFactory
{
    /// <summary>A shard of the GCS. Before its first batch and tick it is told about every member there is; nodes it knows from storage and is not told about, nor told to expect, are gone.</summary>
    /// <param name="index">Which one, from 0.</param>
    /// <param name="epoch">Greater than that of every earlier activation of this shard: what the shard writes and answers carries it.</param>
    /// <param name="storage">Where it keeps what must survive it.</param>
    IClusterParty CreateShard(int index, long epoch, IShardStorage storage);

    /// <summary>A replica of the global scheduler; one that places actors implements <see cref="IActorScheduler"/> too. It is told about the members as a shard is.</summary>
    /// <param name="replica">Which one, from 0.</param>
    IClusterParty CreateScheduler(int replica);

    /// <summary>Rows of the object table in the shards that were made here and have not ended.</summary>
    int TableRows => 0;

    /// <summary>Specs of finished tasks that these shards have put aside in scratch files.</summary>
    int StoredSpecs => 0;
}
