using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;
using RayOrleans.Runtime.Cluster.Gcs;

namespace RayOrleans.Grains;

/// <summary>
/// A shard's journal in PostgreSQL. What is appended together is a row or some (<c>infra/database/002-shards.sql</c>), added by one statement that locks the
/// shard's row and finds the writer's epoch and turn there: a newer epoch waits for a statement that has begun, and refuses those that come later. No lock is
/// held between statements, so a writer that freezes holds up nobody. What an append has kept that failed at its caller goes before the epoch appends again.
/// </summary>
internal sealed class PostgresShardJournal : IShardJournal
{
    private const string RaiseText =
        """
        insert into rayorleans_shard as s (service_id, shard, epoch) values ($1, $2, greatest($3, 1))
        on conflict (service_id, shard) do update set epoch = greatest(s.epoch + 1, $3), turn = 0 returning epoch
        """;

    private const string BeginText =
        """
        update rayorleans_shard set turn = turn + 1 where service_id = $1 and shard = $2 and epoch = $3 returning id, turn
        """;

    /// <summary>After the turn, in a statement of its own: the one that waited for a write does not see it.</summary>
    private const string LastText = "select greatest(base, (select max(number) from rayorleans_shard_block where shard_id = $1)) from rayorleans_shard where id = $1";

    /// <summary>After the turn too: blocks that a failed append has kept. A later turn refuses it, so it cannot come late.</summary>
    private const string CutText =
        """
        with writer as (select id from rayorleans_shard where id = $1 and epoch = $2 and turn = $3 for update),
        cut as (delete from rayorleans_shard_block b using writer where b.shard_id = writer.id and b.number > $4)
        select count(*) from writer
        """;

    private const string AppendText =
        """
        with writer as (select id from rayorleans_shard where id = $1 and epoch = $2 and turn = $3 for update)
        insert into rayorleans_shard_block (shard_id, number, records)
        select writer.id, b.number, b.records from writer, unnest($4::bigint[], $5::bytea[]) as b (number, records)
        """;

    private const string CheckText = "select count(*) from rayorleans_shard where service_id = $1 and shard = $2 and epoch = $3";

    private const string FlipText =
        """
        with writer as (update rayorleans_shard set state = $4, base = $5 where id = $1 and epoch = $2 and turn = $3 returning id),
        others as (delete from rayorleans_shard_state s using writer where s.shard_id = writer.id and s.state <> $4),
        old as (delete from rayorleans_shard_block b using writer where b.shard_id = writer.id and b.number <= $5)
        select count(*) from writer
        """;

    private readonly PostgresJournalOptions _options;
    private readonly NpgsqlDataSource _source;
    private readonly int _shard;
    private readonly string _name;
    private readonly Lock _lock = new();

    /// <summary>The append that failed at its caller and may have been kept; null: there is none, or it was cut off.</summary>
    private Failed? _failed;

    /// <summary>Where the writer stands; null: it must find out, because it has not written yet or does not know what became of its last write.</summary>
    private Standing? _standing;

    public PostgresShardJournal(PostgresJournalOptions options, NpgsqlDataSource source, int shard)
    {
        _options = options;
        _source = source;
        _shard = shard;
        _name = $"Shard {shard} of service '{options.ServiceId}' in PostgreSQL";
    }

    public bool KeepsRecords => true;

    public async ValueTask<long> RaiseEpochAsync(long atLeast, CancellationToken cancellationToken) =>
        await RetryAsync(async () => (long)(await ScalarAsync(RaiseText, [_options.ServiceId, _shard, atLeast], cancellationToken).ConfigureAwait(false))!, cancellationToken)
            .ConfigureAwait(false);

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(long epoch, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (FailedIn(epoch) is not null)
        {
            await RetryAsync(() => StandAsync(epoch), cancellationToken).ConfigureAwait(false);
        }

        await CheckAsync(epoch).ConfigureAwait(false);
        await using NpgsqlConnection connection = await RetryAsync(async () => await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        (long id, long state, long @base) = await HeadAsync(connection, cancellationToken).ConfigureAwait(false);
        int part = 0;
        await foreach ((long number, byte[] block) in RowsAsync(connection, "select part::bigint, records from rayorleans_shard_state where shard_id = $1 and state = $2 order by part", id, state, cancellationToken).ConfigureAwait(false))
        {
            foreach (ReadOnlyMemory<byte> record in Decode(block, number, part++, $"{_name}, part {number} of state {state}"))
            {
                yield return record;
            }
        }

        await foreach ((long number, byte[] block) in RowsAsync(connection, "select number, records from rayorleans_shard_block where shard_id = $1 and number > $2 order by number", id, @base, cancellationToken).ConfigureAwait(false))
        {
            foreach (ReadOnlyMemory<byte> record in Decode(block, number, ++@base, $"{_name}, block {number}"))
            {
                yield return record;
            }
        }
    }

    public async ValueTask AppendAsync(long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        if (records.Count == 0)
        {
            await CheckAsync(epoch).ConfigureAwait(false);
            return;
        }

        IReadOnlyCollection<ReadOnlyMemory<byte>>[] groups = [.. RecordBlock.Split(records, _options.BlockBytes)];
        long? first = null;
        try
        {
            await RetryAsync(
                async () =>
                {
                    Standing standing = await StandAsync(epoch).ConfigureAwait(false);
                    if (first is { } attempted && standing.Last >= attempted)
                    {
                        // An attempt whose answer was lost has kept them.
                        return true;
                    }

                    first = standing.Last + 1;
                    _standing = null;
                    long[] numbers = [.. groups.Select((_, i) => first.Value + i)];
                    byte[][] blocks = [.. groups.Select((g, i) => RecordBlock.Encode(g, numbers[i]))];
                    await using NpgsqlCommand command = Command(AppendText, standing.Id, epoch, standing.Turn, numbers, blocks);
                    if (await command.ExecuteNonQueryAsync().ConfigureAwait(false) == blocks.Length)
                    {
                        _standing = standing with { Last = numbers[^1] };
                        return true;
                    }

                    // Refused, so certainly not kept: what the next attempt finds at that number is somebody else's.
                    first = null;
                    throw await RefusedAsync(epoch).ConfigureAwait(false);
                },
                CancellationToken.None).ConfigureAwait(false);
        }
        catch when (first is not null)
        {
            lock (_lock)
            {
                // Of successive activations in this process the older one may notice last.
                _failed = _failed is { } other && other.Epoch > epoch ? other : new Failed(epoch, first.Value - 1);
            }

            throw;
        }
    }

    public async ValueTask ReplaceAsync(long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        await RetryAsync(
            async () =>
            {
                Standing standing = await StandAsync(epoch).ConfigureAwait(false);
                await using NpgsqlConnection connection = await _source.OpenConnectionAsync().ConfigureAwait(false);
                long state = await WriteStateAsync(connection, standing.Id, records).ConfigureAwait(false);
                await using NpgsqlCommand flip = Fill(new NpgsqlCommand(FlipText, connection), standing.Id, epoch, standing.Turn, state, standing.Last);

                // A flip that comes late must not undo the next one.
                _standing = null;
                if (await flip.ExecuteScalarAsync().ConfigureAwait(false) is 1L)
                {
                    _standing = standing;
                    return true;
                }

                throw await RefusedAsync(epoch).ConfigureAwait(false);
            },
            CancellationToken.None).ConfigureAwait(false);
    }

    private static List<ReadOnlyMemory<byte>> Decode(byte[] block, long number, long expected, string where) =>
        number == expected ? RecordBlock.Decode(block, number, where) : throw new InvalidDataException($"{where} should be number {expected}: what is between is lost.");

    /// <summary>Writes a state that nothing names yet.</summary>
    private async Task<long> WriteStateAsync(NpgsqlConnection connection, long id, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        await using NpgsqlCommand draw = new("select nextval('rayorleans_shard_state_number')", connection);
        long state = (long)(await draw.ExecuteScalarAsync().ConfigureAwait(false))!;
        await using NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync("copy rayorleans_shard_state (shard_id, state, part, records) from stdin (format binary)").ConfigureAwait(false);
        int part = 0;
        foreach (IReadOnlyCollection<ReadOnlyMemory<byte>> group in RecordBlock.Split(records, _options.BlockBytes))
        {
            await copy.StartRowAsync().ConfigureAwait(false);
            await copy.WriteAsync(id, NpgsqlDbType.Bigint).ConfigureAwait(false);
            await copy.WriteAsync(state, NpgsqlDbType.Bigint).ConfigureAwait(false);
            await copy.WriteAsync(part, NpgsqlDbType.Integer).ConfigureAwait(false);
            await copy.WriteAsync(RecordBlock.Encode(group, part), NpgsqlDbType.Bytea).ConfigureAwait(false);
            part++;
        }

        await copy.CompleteAsync().ConfigureAwait(false);
        return state;
    }

    /// <summary>
    /// Where the writer stands. If it does not know, it takes the next turn: what earlier ones have begun has happened then, or never will. What an append has kept
    /// that failed is cut off: its records are not in the shard's state, and would come before what is acknowledged from now on.
    /// </summary>
    private async Task<Standing> StandAsync(long epoch)
    {
        if (_standing is { } known && known.Epoch == epoch)
        {
            return known;
        }

        (long Id, long Turn)? turn = null;
        await using (NpgsqlCommand command = Command(BeginText, _options.ServiceId, _shard, epoch))
        await using (NpgsqlDataReader reader = await command.ExecuteReaderAsync().ConfigureAwait(false))
        {
            if (await reader.ReadAsync().ConfigureAwait(false))
            {
                turn = (reader.GetInt64(0), reader.GetInt64(1));
            }
        }

        if (turn is not { } taken)
        {
            throw await StaleAsync(epoch).ConfigureAwait(false);
        }

        if (FailedIn(epoch) is { } failed)
        {
            if (await ScalarAsync(CutText, [taken.Id, epoch, taken.Turn, failed.After], CancellationToken.None).ConfigureAwait(false) is not 1L)
            {
                throw await RefusedAsync(epoch).ConfigureAwait(false);
            }

            lock (_lock)
            {
                _failed = _failed == failed ? null : _failed;
            }
        }

        long last = (long)(await ScalarAsync(LastText, [taken.Id], CancellationToken.None).ConfigureAwait(false))!;
        return _standing = new Standing(epoch, taken.Id, taken.Turn, last);
    }

    private Failed? FailedIn(long epoch)
    {
        lock (_lock)
        {
            return _failed?.Epoch == epoch ? _failed : null;
        }
    }

    /// <summary>Why a statement found another epoch or turn than its own.</summary>
    private async Task<Exception> RefusedAsync(long epoch)
    {
        await CheckAsync(epoch).ConfigureAwait(false);
        return new TimeoutException($"{_name}: another turn of epoch {epoch} has begun.");
    }

    private async Task CheckAsync(long epoch)
    {
        if (await RetryAsync(async () => await ScalarAsync(CheckText, [_options.ServiceId, _shard, epoch], CancellationToken.None).ConfigureAwait(false), CancellationToken.None).ConfigureAwait(false) is not 1L)
        {
            throw await StaleAsync(epoch).ConfigureAwait(false);
        }
    }

    private async Task<StaleEpochException> StaleAsync(long epoch) => new(
        _name,
        epoch,
        await RetryAsync(
            async () => await ScalarAsync("select epoch from rayorleans_shard where service_id = $1 and shard = $2", [_options.ServiceId, _shard], CancellationToken.None).ConfigureAwait(false),
            CancellationToken.None).ConfigureAwait(false) as long? ?? 0);

    private async Task<(long Id, long State, long Base)> HeadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = Fill(
            new NpgsqlCommand("select id, state, base from rayorleans_shard where service_id = $1 and shard = $2", connection), _options.ServiceId, _shard);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    private async IAsyncEnumerable<(long Number, byte[] Block)> RowsAsync(
        NpgsqlConnection connection, string text, long id, long number, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = Fill(new NpgsqlCommand(text, connection), id, number);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1));
        }
    }

    private NpgsqlCommand Command(string text, params object[] values) => Fill(_source.CreateCommand(text), values);

    private static NpgsqlCommand Fill(NpgsqlCommand command, params object[] values)
    {
        foreach (object value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }

    private async Task<object?> ScalarAsync(string text, object[] values, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = Command(text, values);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Repeats what a database that goes away for a moment does not answer. Its exceptions are known to this assembly only, so others get their text.</summary>
    private async Task<T> RetryAsync<T>(Func<Task<T>> attempt, CancellationToken cancellationToken)
    {
        TimeSpan pause = _options.FirstPause;
        for (int i = 1; ; i++)
        {
            try
            {
                return await attempt().ConfigureAwait(false);
            }
            catch (Exception e) when (IsTransient(e) && i < _options.MaxAttempts)
            {
                await Task.Delay(pause, _options.Time, cancellationToken).ConfigureAwait(false);
                pause *= 2;
            }
            catch (NpgsqlException e)
            {
                throw new IOException($"{_name}: the database failed after {i} attempts: {e.Message}", e);
            }
        }
    }

    private static bool IsTransient(Exception e) =>
        e is TimeoutException or NpgsqlException { IsTransient: true } or PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow };

    /// <param name="Epoch">The epoch whose append it was.</param>
    /// <param name="After">The last number that counts.</param>
    private sealed record Failed(long Epoch, long After);

    private sealed record Standing(long Epoch, long Id, long Turn, long Last);
}
