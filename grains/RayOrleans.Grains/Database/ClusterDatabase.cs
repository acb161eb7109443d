using System.Globalization;
using System.Reflection;
using Npgsql;

namespace RayOrleans.Grains;

/// <summary>
/// The PostgreSQL database of a cluster whose provider is <see cref="ClusterProvider.AdoNet"/>: its schema, and what the silos of a cluster must agree on.
/// <code>
/// await using ClusterDatabase database = new(connectionString);
/// IReadOnlyList&lt;string&gt; applied = await database.ApplyAsync(cancellationToken);      // the scripts that were missing
/// </code>
/// </summary>
internal sealed class ClusterDatabase(string connectionString) : IAsyncDisposable
{
    /// <summary>The environment variable that configuration reads the connection string from, for programs that bind no configuration.</summary>
    public const string Variable = "RayOrleans__Cluster__ConnectionString";

    /// <summary>Everybody who changes the schema takes this lock, so that silos may start together.</summary>
    private const long SchemaLock = 0x5261794F726C6561;

    private const string Prefix = "RayOrleans.Grains.Database.";

    /// <summary>A silo that has not said for so long that it is alive is no member to agree with. One that has just agreed may not be a member yet.</summary>
    private static readonly TimeSpan AliveWithin = TimeSpan.FromMinutes(1);

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(connectionString);

    /// <summary>The names of the scripts, in the order in which they are applied.</summary>
    public static IReadOnlyList<string> Scripts { get; } =
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Select(n => n[Prefix.Length..]).Order(StringComparer.Ordinal)];

    /// <summary>Applies the scripts that the database lacks, all or none.</summary>
    /// <returns>Their names.</returns>
    /// <exception cref="ClusterDatabaseException">The database cannot be reached, or refuses.</exception>
    public Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancellationToken) => InTransactionAsync(
        "bring its schema up to date",
        async (connection, ct) =>
        {
            await ExecuteAsync(connection, "create table if not exists rayorleans_schema (script varchar(200) not null primary key, applied_at timestamptz not null default now())", ct).ConfigureAwait(false);
            HashSet<string> known = new(StringComparer.Ordinal);
            await using (NpgsqlCommand read = new("select script from rayorleans_schema", connection))
            await using (NpgsqlDataReader reader = await read.ExecuteReaderAsync(ct).ConfigureAwait(false))
            {
                while (await reader.ReadAsync(ct).ConfigureAwait(false))
                {
                    known.Add(reader.GetString(0));
                }
            }

            IReadOnlyList<string> missing = [.. Scripts.Where(s => !known.Contains(s))];
            foreach (string script in missing)
            {
                await ExecuteAsync(connection, TextOf(script), ct).ConfigureAwait(false);
                await using NpgsqlCommand note = new("insert into rayorleans_schema (script) values ($1)", connection) { Parameters = { new() { Value = script } } };
                await note.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
            }

            return missing;
        },
        cancellationToken);

    /// <summary>What the cluster's silos have agreed on; where none of them is alive, what the caller proposes from now on.</summary>
    /// <exception cref="ClusterDatabaseException">The database cannot be reached, or refuses.</exception>
    public Task<ClusterAgreement> AgreeAsync(string clusterId, ClusterAgreement proposed, CancellationToken cancellationToken) => InTransactionAsync(
        "read what the cluster's silos have agreed on",
        async (connection, ct) =>
        {
            await using (NpgsqlCommand alive = new(
                """
                select exists (select from rayorleans_member where deployment_id = $1 and status in (2, 3) and alive_time > now() - $2)
                    or exists (select from rayorleans_cluster where cluster_id = $1 and agreed_at > now() - $2)
                """, connection))
            {
                alive.Parameters.Add(new() { Value = clusterId });
                alive.Parameters.Add(new() { Value = AliveWithin });
                if (await alive.ExecuteScalarAsync(ct).ConfigureAwait(false) is true)
                {
                    await using NpgsqlCommand read = new("select service_id, shard_count, scheduler_count, gcs from rayorleans_cluster where cluster_id = $1", connection);
                    read.Parameters.Add(new() { Value = clusterId });
                    await using NpgsqlDataReader reader = await read.ExecuteReaderAsync(ct).ConfigureAwait(false);
                    if (await reader.ReadAsync(ct).ConfigureAwait(false))
                    {
                        return new ClusterAgreement(reader.GetString(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetString(3));
                    }
                }
            }

            await using NpgsqlCommand write = new(
                """
                insert into rayorleans_cluster (cluster_id, service_id, shard_count, scheduler_count, gcs) values ($1, $2, $3, $4, $5)
                on conflict (cluster_id) do update set service_id = $2, shard_count = $3, scheduler_count = $4, gcs = $5, agreed_at = now()
                """,
                connection);
            foreach (object value in (object[])[clusterId, proposed.ServiceId, proposed.ShardCount, proposed.SchedulerCount, proposed.Gcs])
            {
                write.Parameters.Add(new() { Value = value });
            }

            await write.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
            return proposed;
        },
        cancellationToken);

    /// <summary>Over how many shards the state of a service is spread; where none is kept, over as many as the caller proposes from now on.</summary>
    /// <exception cref="ClusterDatabaseException">The database cannot be reached, or refuses.</exception>
    public Task<int> AgreeOnShardsAsync(string serviceId, int proposed, CancellationToken cancellationToken) => InTransactionAsync(
        "find how its shards are kept",
        async (connection, ct) =>
        {
            await using NpgsqlCommand write = new(
                """
                insert into rayorleans_service as s (service_id, shard_count) values ($1, $2)
                on conflict (service_id) do update set shard_count = s.shard_count returning shard_count
                """,
                connection)
            { Parameters = { new() { Value = serviceId }, new() { Value = proposed } } };
            return (int)(await write.ExecuteScalarAsync(ct).ConfigureAwait(false))!;
        },
        cancellationToken);

    /// <summary>Deletes the state of a service, with all of its shards.</summary>
    /// <exception cref="ClusterDatabaseException">The database cannot be reached, or refuses.</exception>
    public Task ForgetAsync(string serviceId, CancellationToken cancellationToken) => InTransactionAsync(
        "delete the state of a service",
        async (connection, ct) =>
        {
            foreach (string text in (string[])["delete from rayorleans_shard where service_id = $1", "delete from rayorleans_service where service_id = $1"])
            {
                await using NpgsqlCommand delete = new(text, connection) { Parameters = { new() { Value = serviceId } } };
                await delete.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
            }

            return true;
        },
        cancellationToken);

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static string TextOf(string script)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Prefix + script)!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string text, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(text, connection);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> InTransactionAsync<T>(string what, Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            await using NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"select pg_advisory_xact_lock({SchemaLock})"), cancellationToken).ConfigureAwait(false);
            T result = await work(connection, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return result;
        }
        catch (NpgsqlException e)
        {
            // The message of the driver names the host, never the password.
            throw new ClusterDatabaseException($"The cluster's database ({_source.ConnectionString.Split(';').FirstOrDefault(p => p.TrimStart().StartsWith("Host", StringComparison.OrdinalIgnoreCase)) ?? "no Host"}) did not let us {what}: {e.Message}", e);
        }
    }
}
