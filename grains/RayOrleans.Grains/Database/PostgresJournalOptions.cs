namespace RayOrleans.Grains;

/// <summary>How shards are kept in a PostgreSQL database.</summary>
internal sealed record PostgresJournalOptions
{
    /// <summary>The database, as Npgsql writes it; its schema is up to date.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Whose shards they are.</summary>
    public required string ServiceId { get; init; }

    /// <summary>About how much is kept in one row, in bytes. Larger rows are fewer, and each is in memory as a whole when it is read.</summary>
    public int BlockBytes { get; init; } = 1 << 20;

    /// <summary>How often a command is tried when the database does not answer, or says that it cannot now.</summary>
    public int MaxAttempts { get; init; } = 4;

    /// <summary>The pause before the second attempt; it doubles with each.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
