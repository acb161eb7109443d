using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>Opens places of one kind of back end. Thread-safe.</summary>
internal interface IGcsStore
{
    /// <summary>Makes what is missing there, and finds over how many shards its state is spread.</summary>
    /// <param name="place">The place.</param>
    /// <param name="shardCount">How many there will be if nothing is kept there yet.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many there are: state that is kept stays in its shards.</returns>
    /// <exception cref="GcsStoreException">The place cannot be reached, or refuses.</exception>
    Task<int> AgreeAsync(GcsPlace place, int shardCount, CancellationToken cancellationToken);

    /// <summary>Opens the place for a silo.</summary>
    IShardStorageProvider Open(GcsPlace place);
}
