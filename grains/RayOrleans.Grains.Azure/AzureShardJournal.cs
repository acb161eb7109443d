using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using RayOrleans.Runtime.Cluster.Gcs;

namespace RayOrleans.Grains.Azure;

/// <summary>
/// A shard's journal in blobs: a <see cref="ShardHead"/> that says what counts, a block blob with the state, append blobs with what came since. An append
/// names the position that it expects, and a newer epoch, once it is in the head, appends a fence to the log that is there: what an older one has appended before is
/// read, and nothing that it appends later succeeds. A writer that does not know what became of an append goes on in a new log, and cuts the old one off before it.
/// </summary>
internal sealed class AzureShardJournal(AzureJournalOptions options, int shard) : IShardJournal
{
    private readonly string _folder = string.Create(CultureInfo.InvariantCulture, $"{options.ServiceId}/shard-{shard:d4}/");
    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"Shard {shard} of service '{options.ServiceId}' in container '{options.Container.Name}'");
    private Kept? _head;
    private Log? _log;

    public bool KeepsRecords => true;

    private BlobClient HeadBlob => options.Container.GetBlobClient(_folder + "head");

    public ValueTask<long> RaiseEpochAsync(long atLeast, CancellationToken cancellationToken) => SayAsync(async () =>
    {
        while (true)
        {
            Kept before = await HeadAsync(cancellationToken).ConfigureAwait(false);
            ShardHead raised = before.Head with { Epoch = Math.Max(before.Head.Epoch + 1, atLeast) };
            if (await TryReplaceHeadAsync(before, raised, cancellationToken).ConfigureAwait(false) is null)
            {
                continue;
            }

            if (raised.Logs is [.., { End: null } last])
            {
                using MemoryStream fence = new(BlockStream.Fence.ToArray());
                await options.Container.GetAppendBlobClient(_folder + last.Name).AppendBlockAsync(fence, cancellationToken: cancellationToken).ConfigureAwait(false);
            }

            return raised.Epoch;
        }
    });

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(long epoch, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (_log is { IsUncertain: true } log && log.Epoch == epoch)
        {
            await SayAsync(() => OpenLogAsync(epoch)).ConfigureAwait(false);
        }

        ShardHead head = (await SayAsync(async () => await NewestAsync(epoch, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false)).Head;
        IEnumerable<ShardLogName> blobs = head.State is { } state ? [new ShardLogName(state, null), .. head.Logs] : head.Logs;
        foreach (ShardLogName blob in blobs)
        {
            BlobClient client = options.Container.GetBlobClient(_folder + blob.Name);
            await using Stream stream = await SayAsync(async () => await client.OpenReadAsync(new BlobOpenReadOptions(allowModifications: true), cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            long? end = blob.Name == head.State ? stream.Length : blob.End;
            await using IAsyncEnumerator<List<ReadOnlyMemory<byte>>> blocks =
                BlockStream.ReadAsync(stream, end, $"{_name}, {blob.Name}", length => length > options.BlockBytes, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await SayAsync(async () => await blocks.MoveNextAsync().ConfigureAwait(false)).ConfigureAwait(false))
            {
                foreach (ReadOnlyMemory<byte> record in blocks.Current)
                {
                    yield return record;
                }
            }
        }
    }

    public async ValueTask AppendAsync(long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records) => await SayAsync(async () =>
    {
        if (records.Count == 0)
        {
            await NewestAsync(epoch, CancellationToken.None).ConfigureAwait(false);
            return true;
        }

        while (true)
        {
            Log log = _log is { } open && open.Epoch == epoch && !open.IsUncertain && open.Blocks < options.MaxBlocks ? open : await OpenLogAsync(epoch).ConfigureAwait(false);
            long start = log.Position;
            byte[] block = RecordBlock.Encode([.. records], start);
            int sent = 0;
            try
            {
                while (sent < block.Length)
                {
                    int length = Math.Min(options.BlockBytes, block.Length - sent);
                    using MemoryStream part = new(block, sent, length);
                    await log.Blob.AppendBlockAsync(part, new AppendBlobAppendBlockOptions { Conditions = new AppendBlobRequestConditions { IfAppendPositionEqual = start + sent } }).ConfigureAwait(false);
                    sent += length;
                    log.Blocks++;
                }

                log.Position += block.Length;
                return true;
            }
            catch (RequestFailedException e) when (e.Status == 412)
            {
                // Either a fence, or an answer that was lost and a request that was repeated. If the epoch is still the newest, it goes on in a next log.
                log.IsUncertain = true;
            }
            catch
            {
                log.IsUncertain = true;
                throw;
            }
        }
    }).ConfigureAwait(false);

    public async ValueTask ReplaceAsync(long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records) => await SayAsync(async () =>
    {
        Kept before = await NewestAsync(epoch, CancellationToken.None).ConfigureAwait(false);
        string name = string.Create(CultureInfo.InvariantCulture, $"{epoch:x16}-{before.Head.Next:x8}.state");
        await WriteStateAsync(options.Container.GetBlockBlobClient(_folder + name), records).ConfigureAwait(false);
        if (_log is { } log)
        {
            // If the answer is lost, the head may not name it any more.
            log.IsUncertain = true;
        }

        if (await TryReplaceHeadAsync(before, before.Head with { State = name, Logs = [], Next = before.Head.Next + 1 }, CancellationToken.None).ConfigureAwait(false) is null
            && (await NewestAsync(epoch, CancellationToken.None).ConfigureAwait(false)).Head.State != name)
        {
            throw new IOException($"{_name}: the head was changed by another writer of epoch {epoch}.");
        }

        _log = null;
        await DeleteAllButAsync(epoch, name).ConfigureAwait(false);
        return true;
    }).ConfigureAwait(false);

    /// <summary>
    /// What this epoch and those before it have written and the head does not name any more, whether a replacement has just ended its use or one whose answer was lost had left it. What a later
    /// epoch writes is its own.
    /// </summary>
    private async Task DeleteAllButAsync(long epoch, string state)
    {
        try
        {
            await foreach (BlobItem blob in options.Container.GetBlobsAsync(new GetBlobsOptions { Prefix = _folder }).ConfigureAwait(false))
            {
                string name = blob.Name[_folder.Length..];
                if (name != state && name.Split('-') is [var writer, _] && long.TryParse(writer, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out long by) && by <= epoch)
                {
                    await options.Container.DeleteBlobIfExistsAsync(blob.Name).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException)
        {
            // The state is in its place; what is left is deleted with the next one.
        }
    }

    /// <summary>A log of this epoch's own, in the head before anything is written to it.</summary>
    private async Task<Log> OpenLogAsync(long epoch)
    {
        // What this epoch has not acknowledged, nobody has read. What an earlier one has not acknowledged, a later one may have.
        Log? own = _log is { } open && open.Epoch == epoch ? open : null;
        while (true)
        {
            Kept before = await NewestAsync(epoch, CancellationToken.None).ConfigureAwait(false);
            string name = string.Create(CultureInfo.InvariantCulture, $"{epoch:x16}-{before.Head.Next:x8}.log");
            AppendBlobClient blob = options.Container.GetAppendBlobClient(_folder + name);
            await CreateAsync(blob).ConfigureAwait(false);
            ShardLogName[] logs = [.. before.Head.Logs.Select(l => own?.Name == l.Name ? l with { End = own.Position } : l), new ShardLogName(name, null)];
            if (await TryReplaceHeadAsync(before, before.Head with { Logs = logs, Next = before.Head.Next + 1 }, CancellationToken.None).ConfigureAwait(false) is not null
                || (await NewestAsync(epoch, CancellationToken.None).ConfigureAwait(false)).Head.Logs is [.., var last] && last.Name == name)
            {
                // Null with our own log in it: the answer was lost, and the request that was repeated came too late.
                return _log = new Log(epoch, name, blob);
            }
        }
    }

    /// <summary>An empty log, unless it is there: a request that comes late must not empty it once there is something in it.</summary>
    private static async Task CreateAsync(AppendBlobClient blob)
    {
        try
        {
            await blob.CreateAsync(new AppendBlobCreateOptions { Conditions = new AppendBlobRequestConditions { IfNoneMatch = ETag.All } }).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            // Its name is this epoch's own and in no head yet: it is left from an attempt whose answer was lost, and nothing was written to it.
        }
    }

    private async Task WriteStateAsync(BlockBlobClient blob, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        await using Stream stream = await blob.OpenWriteAsync(overwrite: true, new BlockBlobOpenWriteOptions { BufferSize = options.BlockBytes }).ConfigureAwait(false);
        long place = 0;
        foreach (IReadOnlyCollection<ReadOnlyMemory<byte>> group in RecordBlock.Split(records, options.BlockBytes))
        {
            byte[] block = RecordBlock.Encode(group, place);
            await stream.WriteAsync(block).ConfigureAwait(false);
            place += block.Length;
        }
    }

    /// <summary>The head as it is, which must be of that epoch.</summary>
    private async Task<Kept> NewestAsync(long epoch, CancellationToken cancellationToken)
    {
        Kept kept = await HeadAsync(cancellationToken).ConfigureAwait(false);
        return kept.Head.Epoch == epoch ? kept : throw new StaleEpochException(_name, epoch, kept.Head.Epoch);
    }

    private async Task<Kept> HeadAsync(CancellationToken cancellationToken)
    {
        Kept? known = _head;
        try
        {
            BlobRequestConditions? changed = known is not null ? new BlobRequestConditions { IfNoneMatch = known.Tag } : null;
            Response<BlobDownloadResult> answer = await HeadBlob.DownloadContentAsync(new BlobDownloadOptions { Conditions = changed }, cancellationToken).ConfigureAwait(false);
            if (answer.GetRawResponse().Status == 304)
            {
                return known!;
            }

            return _head = new Kept(ShardHead.Parse(answer.Value.Content, $"{_name}, head"), answer.Value.Details.ETag);
        }
        catch (RequestFailedException e) when (e.Status == 304)
        {
            return known!;
        }
        catch (RequestFailedException e) when (e.Status == 404 && e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return new Kept(new ShardHead(), null);
        }
    }

    /// <summary>Null: somebody else was faster.</summary>
    private async Task<Kept?> TryReplaceHeadAsync(Kept before, ShardHead head, CancellationToken cancellationToken)
    {
        BlobRequestConditions unchanged = before.Tag is { } tag ? new BlobRequestConditions { IfMatch = tag } : new BlobRequestConditions { IfNoneMatch = ETag.All };
        try
        {
            BlobContentInfo info = await HeadBlob.UploadAsync(head.ToContent(), new BlobUploadOptions { Conditions = unchanged }, cancellationToken).ConfigureAwait(false);
            return _head = new Kept(head, info.ETag);
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412)
        {
            return null;
        }
    }

    /// <summary>The service's exceptions are not known everywhere, so others get their text.</summary>
    private async ValueTask<T> SayAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException)
        {
            throw new IOException($"{_name}: the storage account failed: {e.Message.Split('\n', 2)[0].TrimEnd()}", e);
        }
    }

    private sealed record Kept(ShardHead Head, ETag? Tag);

    private sealed class Log(long epoch, string name, AppendBlobClient blob)
    {
        public long Epoch { get; } = epoch;

        public string Name { get; } = name;

        public AppendBlobClient Blob { get; } = blob;

        /// <summary>The end of what was acknowledged.</summary>
        public long Position { get; set; }

        public int Blocks { get; set; }

        /// <summary>Whether something may lie behind that.</summary>
        public bool IsUncertain { get; set; }
    }
}
