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
        await old.AppendAsync(epoch, [new byte[] { 1 }]);
        IShardJournal next = Open();
        long newer = await next.RaiseEpochAsync(0, default);

        await Assert.ThrowsAsync<StaleEpochException>(async () => await old.AppendAsync(epoch, [new byte[] { 2 }]));
        await Assert.ThrowsAsync<StaleEpochException>(async () => await old.AppendAsync(epoch, []));
        await Assert.ThrowsAsync<StaleEpochException>(async () => await old.ReplaceAsync(epoch, [new byte[] { 3 }]));
        await Assert.ThrowsAsync<StaleEpochException>(async () => await ReadAsync(old, epoch));
        await next.AppendAsync(newer, [new byte[] { 4 }]);
    }

    [Fact]
    public void AnyHistory_ReadsAsTheModelSays() => Gen.UInt.Sample(seed => RunAsync(seed).GetAwaiter().GetResult(), iter: 40, threads: 1);

    private async Task RunAsync(uint seed)
    {
        Random random = new((int)seed);
        Clear();
        List<string> model = [];
        for (int activation = 0; activation < 5; activation++)
        {
            IShardJournal journal = Open();
            long epoch = await journal.RaiseEpochAsync(random.Next(3), default);
            List<string> read = await ReadAsync(journal, epoch);
            Assert.Equal(journal.KeepsRecords ? model : [], read);
            for (int step = random.Next(20); step > 0; step--)
            {
                List<ReadOnlyMemory<byte>> records = [.. Enumerable.Range(0, random.Next(6)).Select(_ => Record(random))];
                if (random.Next(5) == 0)
                {
                    await journal.ReplaceAsync(epoch, records);
                    model.Clear();
                }
                else
                {
                    await journal.AppendAsync(epoch, records);
                }

                model.AddRange(records.Select(r => Convert.ToHexString(r.Span)));
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
}
