using System.Buffers.Binary;
using System.Globalization;
using RayOrleans.Runtime.Cluster.Keys;
using RayOrleans.Runtime.Code;

namespace RayOrleans.Runtime.Cluster.Nodes;

/// <summary>
/// The cluster's function table: contents as keys of a namespace of their own, spread over the shards. The key of a content holds its length and is written
/// last; its parts are as large as one request takes.
/// </summary>
internal sealed class KeyCodeSource(KeyClient client, TimeProvider time) : ICodeSource
{
    private const int Concurrency = 8;
    private const long MaxBytes = int.MaxValue;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly ClusterKeyValue _table = new(client, "code");

    /// <summary>For how long a content that is not there is asked for again: a shard has started anew, and whoever has the content is putting it there.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    public async ValueTask<byte[]?> FetchAsync(ContentHash hash, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            byte[]? content = await TryFetchAsync(hash, cancellationToken).ConfigureAwait(false);
            if (content is not null || time.GetElapsedTime(start) >= Patience)
            {
                return content;
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask PublishAsync(ContentHash hash, ReadOnlyMemory<byte> content, int? shard, CancellationToken cancellationToken)
    {
        await Parallel.ForAsync(0, Parts(content.Length), Options(cancellationToken), async (part, token) =>
        {
            ReadOnlyMemory<byte> bytes = content.Slice(part * KeyLimits.PartBytes, LengthOf(part, content.Length));
            await KeepAsync(KeyOf(hash, part), bytes, shard, token).ConfigureAwait(false);
        }).ConfigureAwait(false);
        byte[] length = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, content.Length);
        await KeepAsync(hash.ToString(), length, shard, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool> HasAsync(ContentHash hash, int length, CancellationToken cancellationToken)
    {
        if (await _table.LengthAsync(hash.ToString(), cancellationToken).ConfigureAwait(false) != sizeof(long))
        {
            return false;
        }

        int missing = 0;
        await Parallel.ForAsync(0, Parts(length), Options(cancellationToken), async (part, token) =>
        {
            if (await _table.LengthAsync(KeyOf(hash, part), token).ConfigureAwait(false) != LengthOf(part, length))
            {
                Interlocked.Increment(ref missing);
            }
        }).ConfigureAwait(false);
        return missing == 0;
    }

    private async ValueTask KeepAsync(string key, ReadOnlyMemory<byte> bytes, int? shard, CancellationToken cancellationToken)
    {
        if ((shard is { } only && _table.ShardOf(key) != only) || await _table.LengthAsync(key, cancellationToken).ConfigureAwait(false) == bytes.Length)
        {
            return;
        }

        await _table.PutAsync(key, bytes, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<byte[]?> TryFetchAsync(ContentHash hash, CancellationToken cancellationToken)
    {
        if (await _table.GetAsync(hash.ToString(), cancellationToken).ConfigureAwait(false) is not { Value.Length: sizeof(long) } head
            || BinaryPrimitives.ReadInt64LittleEndian(head.Value.Span) is not (>= 0 and <= MaxBytes and long length))
        {
            return null;
        }

        byte[] content = new byte[length];
        int missing = 0;
        await Parallel.ForAsync(0, Parts(length), Options(cancellationToken), async (part, token) =>
        {
            KeyValueEntry? entry = await _table.GetAsync(KeyOf(hash, part), token).ConfigureAwait(false);
            if (entry is not null && entry.Value.Length == LengthOf(part, length))
            {
                entry.Value.CopyTo(content.AsMemory(part * KeyLimits.PartBytes));
            }
            else
            {
                Interlocked.Increment(ref missing);
            }
        }).ConfigureAwait(false);
        return missing == 0 ? content : null;
    }

    private static ParallelOptions Options(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };

    private static string KeyOf(ContentHash hash, int part) => string.Create(CultureInfo.InvariantCulture, $"{hash}/{part}");

    private static int Parts(long length) => (int)((length + KeyLimits.PartBytes - 1) / KeyLimits.PartBytes);

    private static int LengthOf(int part, long length) => (int)Math.Min(KeyLimits.PartBytes, length - ((long)part * KeyLimits.PartBytes));
}
