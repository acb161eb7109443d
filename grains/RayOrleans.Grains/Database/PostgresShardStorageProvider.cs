using System.Collections.Concurrent;
using Npgsql;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>Shards kept in a PostgreSQL database, over one pool of connections. Thread-safe.</summary>
internal sealed class PostgresShardStorageProvider(PostgresJournalOptions options) : IShardStorageProvider, IAsyncDisposable, IDisposable
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(Pooled(options.ConnectionString));
    private readonly ConcurrentDictionary<int, PostgresShardJournal> _shards = new();

    public IShardStorage Open(int index) => _shards.GetOrAdd(index, i => new PostgresShardJournal(options, _source, i));

    public void Dispose() => _source.Dispose();

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>What a journal needs and the user has not decided.</summary>
    internal static string Pooled(string connectionString)
    {
        NpgsqlConnectionStringBuilder builder = new(connectionString);
        Default("Max Auto Prepare", 32);
        Default("Auto Prepare Min Usages", 2);
        Default("Maximum Pool Size", 32);

        // The callers of a shard repeat what was not answered in some seconds.
        Default("Timeout", 5);
        Default("Command Timeout", 10);
        Default("Application Name", "RayOrleans shards");

        // Nothing is set in a session that the next user of its connection could see.
        Default("No Reset On Close", true);
        return builder.ConnectionString;

        void Default(string name, object value)
        {
            if (!builder.ContainsKey(name))
            {
                builder[name] = value;
            }
        }
    }
}
