using CsCheck;
using RayOrleans.Runtime.Cluster.Gcs;

namespace RayOrleans.Runtime.Tests.Cluster.Gcs;

/// <summary>What every journal of shards must do, against a model: a list of records and the newest epoch. One class per back end derives from it.</summary>
public abstract class ShardJournalKit
{
    /// <summary>A journal over the same storage as every other one that this made since <see cref="Clear"/>: another process, as far as it knows.</summary>
    private protected abstract IShardJournal Open();

    /// <summary>Begins with an empty storage.</summary>
    private protected abstract void Clear();

    /// <summary>Appends what is kept behind the journal, while everything that would say so is lost.</summary>
    private protected abstract Task AppendUnheardAsync(IShardJournal journal, long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records);

    /// <summary>Whether such an append throws; else it is acknowledged, and the journal wants the state if it must.</summary>
    protected virtual bool UnheardAppendThrows => true;

    [Fact]
    public async Task Epoch_IsAlwaysRaised()
    {
        Clear();
        IShardJournal journal = Open();
        long first = await journal.RaiseEpochAsync(0, default);
        Assert.True(first > 0);
        Assert.Equal(first + 1, await journal.RaiseEpochAsync(0, default));
        Assert.Equal(1_000, await journal.RaiseEpochAsync(1_000, default));
        Assert.Equal(1_001, await journal.RaiseEpochAsync(7, default));
    }

    [Fact]
    public async Task Epoch_RaisedByManyAtOnce_IsDifferentForEach()
    {
        Clear();
        IShardJournal[] journals = [Open(), Open(), Open()];
        long[] epochs = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(async () => await journals[i % 3].RaiseEpochAsync(0, default))));
        Assert.Equal(30, epochs.Distinct().Count());
    }

    [Fact]
    public async Task Append_OfAnOlderEpoch_Fails()
    {
        Clear();
        IShardJournal old = Open();
        long epoch = await old.RaiseEpochAsync(0, default);
        Assert.Empty(await ReadAsync(old, epoch));
        await old.AppendAsync(epoch, [new byte[] { 1 }]);
        IShardJournal next = Open();
        long newer = await next.RaiseEpochAsync(0, default);
        Assert.Equal(old.KeepsRecords ? ["01"] : [], await ReadAsync(next, newer));

        await Assert.ThrowsAsync<StaleEpochException>(async () => await old.AppendAsync(epoch, [new byte[] { 2 }]));
        await Assert.ThrowsAsync<StaleEpochException>(async () => await old.AppendAsync(epoch, []));
        await Assert.ThrowsAsync<StaleEpochException>(async () => await old.ReplaceAsync(epoch, [new byte[] { 3 }]));
        await Assert.ThrowsAsync<StaleEpochException>(async () => await ReadAsync(old, epoch));
        await next.AppendAsync(newer, [new byte[] { 4 }]);
    }

    /// <summary>Nobody knew whether it was kept, and the one that begins next finds that it was. From then on it stays, whoever comes after, also in the process whose append it was.</summary>
    [Fact]
    public async Task Append_ThatFailedThoughItWasKept_StaysOnceANewerEpochHasReadIt()
    {
        Clear();
        IShardJournal[] journals = [Open(), Open()];
        long epoch = await journals[0].RaiseEpochAsync(0, default);
        Assert.Empty(await ReadAsync(journals[0], epoch));
        List<string> expected = [];
        await AppendAsync(journals[0], epoch, expected, 1);
        bool isAcknowledged = await TryAppendUnheardAsync(journals[0], epoch, expected, [new byte[] { 2 }, new byte[] { 3 }]);
        expected = ["01", "02", "03"];
        for (byte i = 1; i <= 4; i++)
        {
            IShardJournal next = journals[i % 2];
            long taken = await next.RaiseEpochAsync(0, default);
            Assert.Equal(next.KeepsRecords ? expected : [], await ReadAsync(next, taken));
            if (i == 1 && !isAcknowledged)
            {
                await Assert.ThrowsAsync<StaleEpochException>(async () => await journals[0].AppendAsync(epoch, [new byte[] { 9 }]));
            }

            await AppendAsync(next, taken, expected, (byte)(i + 3));
        }
    }

    /// <summary>The shard has gone on without it, so it must not come before what was acknowledged later; nor what is left of it after that.</summary>
    [Fact]
    public async Task Append_ThatFailedThoughItWasKept_IsGoneOnceALaterOneHasReturned()
    {
        Clear();
        IShardJournal journal = Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        Assert.Empty(await ReadAsync(journal, epoch));
        List<string> expected = [];
        await AppendAsync(journal, epoch, expected, 1);
        await TryAppendUnheardAsync(journal, epoch, expected, [new byte[] { 2 }, new byte[] { 3 }]);
        await AppendAsync(journal, epoch, expected, 4);
        IShardJournal next = Open();
        Assert.Equal(journal.KeepsRecords ? expected : [], await ReadAsync(next, await next.RaiseEpochAsync(0, default)));
    }

    /// <summary>An activation whose start has failed begins again, in its epoch.</summary>
    [Fact]
    public async Task Append_ThatFailedThoughItWasKept_IsGoneOnceItsEpochHasRead()
    {
        Clear();
        IShardJournal journal = Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        Assert.Empty(await ReadAsync(journal, epoch));
        List<string> expected = [];
        await AppendAsync(journal, epoch, expected, 1);
        if (!await TryAppendUnheardAsync(journal, epoch, expected, [new byte[] { 2 }]))
        {
            Assert.Equal(expected, await ReadAsync(journal, epoch));
        }

        await AppendAsync(journal, epoch, expected, 3);
        IShardJournal next = Open();
        Assert.Equal(journal.KeepsRecords ? expected : [], await ReadAsync(next, await next.RaiseEpochAsync(0, default)));
    }

    /// <summary>How many histories are tried: fewer where each costs round trips.</summary>
    protected virtual int Histories => 40;

    [Fact]
    public void AnyHistory_ReadsAsTheModelSays() => Gen.UInt.Sample(seed => RunAsync(seed).GetAwaiter().GetResult(), iter: Histories, threads: 1);

    /// <summary>Each activation is taken over while it writes.</summary>
    [Fact]
    public void AnyTakeover_KeepsWhatWasAcknowledged_AndOfTheRestTheFirstOfOneWrite() =>
        Gen.UInt.Sample(seed => TakeOverAsync(seed).GetAwaiter().GetResult(), iter: Histories, threads: 1);

    [Fact]
    public async Task Replace_OfMoreThanFitsInOnePiece_IsReadBack()
    {
        Clear();
        IShardJournal journal = Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        Assert.Empty(await ReadAsync(journal, epoch));
        await journal.AppendAsync(epoch, [new byte[] { 1 }]);
        List<ReadOnlyMemory<byte>> records = [.. Enumerable.Range(0, 60).Select(i => (ReadOnlyMemory<byte>)Enumerable.Repeat((byte)i, i == 30 ? 9_000_000 : 100_000).ToArray())];
        await journal.ReplaceAsync(epoch, records);
        await journal.AppendAsync(epoch, [new byte[] { 2 }]);

        IShardJournal next = Open();
        List<string> read = await ReadAsync(next, await next.RaiseEpochAsync(0, default));
        Assert.Equal(journal.KeepsRecords ? [.. records.Select(r => Convert.ToHexString(r.Span)), "02"] : [], read);
    }

    private async Task RunAsync(uint seed)
    {
        Random random = new((int)seed);
        Clear();
        List<string> model = [];
        List<List<string>> failed = [];
        for (int activation = 0; activation < 5; activation++)
        {
            IShardJournal journal = Open();
            long epoch = await journal.RaiseEpochAsync(random.Next(3), default);
            List<string> read = await ReadAsync(journal, epoch);
            if (journal.KeepsRecords)
            {
                // Of the appends that have failed since the last that was acknowledged, one may be there, or its first records.
                List<string> more = [.. read.Skip(model.Count)];
                Assert.Equal(model, read.Take(model.Count));
                Assert.True(more.Count == 0 || failed.Exists(f => f.Take(more.Count).SequenceEqual(more)), $"{more.Count} records too many were read.");
            }
            else
            {
                Assert.Empty(read);
            }

            (model, failed) = (read, []);
            for (int step = random.Next(20); step > 0; step--)
            {
                List<ReadOnlyMemory<byte>> records = [.. Enumerable.Range(0, random.Next(6)).Select(_ => Record(random))];
                List<string> texts = [.. records.Select(r => Convert.ToHexString(r.Span))];
                if (random.Next(5) == 0)
                {
                    await journal.ReplaceAsync(epoch, records);
                    (model, failed) = (texts, []);
                }
                else if (records.Count > 0 && random.Next(20) == 0)
                {
                    if (!await TryAppendUnheardAsync(journal, epoch, model, records))
                    {
                        failed.Add(texts);
                    }
                }
                else
                {
                    await journal.AppendAsync(epoch, records);
                    model.AddRange(texts);
                    failed = records.Count > 0 ? [] : failed;
                }
            }
        }
    }

    /// <summary>Whether it was acknowledged: what is expected has grown then.</summary>
    private async Task<bool> TryAppendUnheardAsync(IShardJournal journal, long epoch, List<string> expected, List<ReadOnlyMemory<byte>> records)
    {
        if (UnheardAppendThrows)
        {
            await Assert.ThrowsAsync<IOException>(() => AppendUnheardAsync(journal, epoch, records));
            return false;
        }

        await AppendUnheardAsync(journal, epoch, records);
        expected.AddRange(records.Select(r => Convert.ToHexString(r.Span)));
        if (journal.WantsState)
        {
            await journal.ReplaceAsync(epoch, [.. expected.Select(e => (ReadOnlyMemory<byte>)Convert.FromHexString(e))]);
        }

        return true;
    }

    private static async Task AppendAsync(IShardJournal journal, long epoch, List<string> expected, byte record)
    {
        await journal.AppendAsync(epoch, [new[] { record }]);
        expected.Add(Convert.ToHexString([record]));
    }

    private async Task TakeOverAsync(uint seed)
    {
        Random random = new((int)seed);
        Clear();
        List<string> read = [];
        for (int activation = 0; activation < 4; activation++)
        {
            IShardJournal journal = Open();
            long epoch = await journal.RaiseEpochAsync(0, default);
            List<string> start = await ReadAsync(journal, epoch);
            Assert.Equal(read, start);
            Writer writer = new(journal, epoch, start, random.Next(), writes: random.Next(1, 12));
            Task ended = Task.Run(writer.RunAsync);
            await writer.HasWritten.WaitAsync(TimeSpan.FromMinutes(1));

            IShardJournal next = Open();
            long taken = await next.RaiseEpochAsync(0, default);
            read = await ReadAsync(next, taken);
            await ended.WaitAsync(TimeSpan.FromMinutes(1));
            if (journal.KeepsRecords)
            {
                Assert.True(
                    read.SequenceEqual(writer.UnderWay) || (read.Take(writer.Acknowledged.Count).SequenceEqual(writer.Acknowledged) && writer.Appended.Take(read.Count).SequenceEqual(read)),
                    $"Seed {seed}, epoch {epoch}: {read.Count} records were read; {writer.Acknowledged.Count} were acknowledged, {writer.UnderWay.Count} with those under way.");
            }
        }
    }

    private static ReadOnlyMemory<byte> Record(Random random)
    {
        byte[] record = new byte[random.Next(1, random.Next(5) == 0 ? 100_000 : 100)];
        random.NextBytes(record);
        return record;
    }

    private static async Task<List<string>> ReadAsync(IShardJournal journal, long epoch)
    {
        List<string> records = [];
        await foreach (ReadOnlyMemory<byte> record in journal.ReadAsync(epoch))
        {
            records.Add(Convert.ToHexString(record.Span));
        }

        return records;
    }

    /// <summary>An activation that writes until it finds that it has been taken over.</summary>
    private sealed class Writer(IShardJournal journal, long epoch, List<string> start, int seed, int writes)
    {
        private readonly TaskCompletionSource _hasWritten = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>What is there by what the journal has acknowledged.</summary>
        public List<string> Acknowledged { get; private set; } = start;

        /// <summary>What is there if the write under way, or refused last, was kept.</summary>
        public List<string> UnderWay { get; private set; } = start;

        /// <summary>What was acknowledged, and after it what the append under way adds.</summary>
        public List<string> Appended { get; private set; } = start;

        /// <summary>Ends when it has written as often as it should before it is taken over.</summary>
        public Task HasWritten => _hasWritten.Task;

        public async Task RunAsync()
        {
            Random random = new(seed);
            try
            {
                for (int write = 1; ; write++)
                {
                    await WriteAsync(random);
                    Acknowledged = UnderWay;
                    if (write == writes)
                    {
                        _hasWritten.SetResult();
                    }
                }
            }
            catch (StaleEpochException)
            {
                // It was taken over; until then it went on.
                Assert.True(_hasWritten.Task.IsCompleted);
            }
            catch (Exception e)
            {
                _hasWritten.TrySetException(e);
                throw;
            }
        }

        private async Task WriteAsync(Random random)
        {
            List<ReadOnlyMemory<byte>> records = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => Record(random))];
            List<string> texts = [.. records.Select(r => Convert.ToHexString(r.Span))];
            if (random.Next(6) == 0)
            {
                (UnderWay, Appended) = (texts, Acknowledged);
                await journal.ReplaceAsync(epoch, records);
            }
            else
            {
                UnderWay = Appended = [.. Acknowledged, .. texts];
                await journal.AppendAsync(epoch, records);
            }
        }
    }
}
