using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>Opens PostgreSQL databases.</summary>
internal sealed class PostgresGcsStore : IGcsStore
{
    public static PostgresGcsStore Instance { get; } = new();

    public async Task<int> AgreeAsync(GcsPlace place, int shardCount, CancellationToken cancellationToken)
    {
        await using ClusterDatabase database = new(place.ConnectionString!);
        if (place.AppliesSchema)
        {
            await database.ApplyAsync(cancellationToken).ConfigureAwait(false);
        }

        return await database.AgreeOnShardsAsync(place.ServiceId, shardCount, cancellationToken).ConfigureAwait(false);
    }

    public IShardStorageProvider Open(GcsPlace place) =>
        new PostgresShardStorageProvider(new PostgresJournalOptions { ConnectionString = place.ConnectionString!, ServiceId = place.ServiceId });

    /// <summary>Deletes all that is kept for a service.</summary>
    public static async Task ForgetAsync(GcsPlace place, CancellationToken cancellationToken)
    {
        await using ClusterDatabase database = new(place.ConnectionString!);
        await database.ForgetAsync(place.ServiceId, cancellationToken).ConfigureAwait(false);
    }
}
