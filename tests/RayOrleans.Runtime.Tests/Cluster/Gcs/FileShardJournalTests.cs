using RayOrleans.Runtime.Cluster.Gcs;
using RayOrleans.Runtime.Cluster.Gcs.Files;

namespace RayOrleans.Runtime.Tests.Cluster.Gcs;

public sealed class FileShardJournalTests : ShardJournalKit, IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ray-journal-").FullName;
    private readonly List<FileShardJournal> _open = [];
    private int _cleared;

    private FileJournalOptions Options => new() { Directory = Path.Combine(_root, $"{_cleared}"), Flush = FlushPolicy.Never, MachineId = "here" };

    private string Folder => Path.Combine(Options.Directory, "shard-0003");

    public void Dispose()
    {
        _open.ForEach(j => j.Dispose());
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData("Never")]
    [InlineData("Interval")]
    [InlineData("Always")]
    public async Task Append_WhateverTheFlushPolicy_IsReadBack(string policy)
    {
        using (FileShardJournal journal = new(Options with { Flush = Enum.Parse<FlushPolicy>(policy) }, 3))
        {
            long epoch = await journal.RaiseEpochAsync(0, default);
            await journal.AppendAsync(epoch, [new byte[] { 1 }, new byte[] { 2 }]);
            await journal.AppendAsync(epoch, [new byte[] { 3 }]);
        }

        Assert.Equal([1, 2, 3], await ReadBytesAsync());
    }

    [Fact]
    public async Task LogThatIsCutOffAnywhere_GivesWholeRecordsOnly()
    {
        await WriteAsync([1], [2, 2], [3, 3, 3]);
        string log = Assert.Single(Directory.GetFiles(Folder, "*.log"));
        byte[] whole = File.ReadAllBytes(log);
        for (int length = 0; length <= whole.Length; length++)
        {
            Damage(log, whole[..length]);
            IReadOnlyList<int> read = await ReadBytesAsync();
            int expected = length < 32 + 13 ? 0 : length < 32 + 13 + 14 ? 1 : length < whole.Length ? 2 : 3;
            Assert.Equal(Enumerable.Range(1, expected), read);
        }
    }

    [Fact]
    public async Task LogWithADamagedRecord_EndsBeforeIt()
    {
        await WriteAsync([1], [2, 2], [3, 3, 3]);
        string log = Assert.Single(Directory.GetFiles(Folder, "*.log"));
        byte[] bytes = File.ReadAllBytes(log);
        bytes[32 + 13 + 12] ^= 1;
        File.WriteAllBytes(log, bytes);
        Assert.Equal([1], await ReadBytesAsync());
    }

    [Fact]
    public async Task LogWithAnyBitTurned_GivesWhatIsBeforeIt()
    {
        await WriteAsync([1], [2, 2], [3, 3, 3]);
        string log = Assert.Single(Directory.GetFiles(Folder, "*.log"));
        byte[] whole = File.ReadAllBytes(log);
        int[] starts = [32, 32 + 13, 32 + 13 + 14];
        for (int position = 0; position < whole.Length; position++)
        {
            byte[] damaged = [.. whole];
            damaged[position] ^= (byte)(1 << (position % 8));
            Damage(log, damaged);
            Assert.Equal(Enumerable.Range(1, Math.Max(0, starts.Count(s => s <= position) - 1)), await ReadBytesAsync());
        }
    }

    [Fact]
    public async Task WhatAStaleEpochStillWrites_IsNeverRead()
    {
        IShardJournal old = Open();
        long epoch = await old.RaiseEpochAsync(0, default);
        await old.AppendAsync(epoch, [new byte[] { 1 }]);
        Assert.Equal([1], await ReadBytesAsync());
        await Assert.ThrowsAsync<StaleEpochException>(async () => await old.AppendAsync(epoch, [new byte[] { 2 }]));
        Assert.Equal([1], await ReadBytesAsync());
    }

    /// <summary>The first write of an epoch comes in two steps, the file and its records; the next epoch may read between them.</summary>
    [Fact]
    public async Task WhatAStaleEpochStillWritesIntoALogThatWasReadEmpty_IsNeverRead()
    {
        await WriteAsync([1]);
        string log = Assert.Single(Directory.GetFiles(Folder, "*.log"));
        byte[] whole = File.ReadAllBytes(log);
        Damage(log, whole[..32]);
        Assert.Empty(await ReadBytesAsync());
        File.WriteAllBytes(log, whole);
        Assert.Empty(await ReadBytesAsync());
    }

    [Fact]
    public async Task RecordsBehindACut_OfALaterEpoch_AreRead()
    {
        await WriteAsync([1], [2]);
        string log = Assert.Single(Directory.GetFiles(Folder, "*.log"));
        File.WriteAllBytes(log, File.ReadAllBytes(log)[..^1]);
        await WriteAsync([3]);
        Assert.Equal([1, 3], await ReadBytesAsync());
    }

    [Fact]
    public async Task StateThatWasNotFinished_DoesNotCount()
    {
        FileShardJournal journal = (FileShardJournal)Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        await journal.AppendAsync(epoch, [new byte[] { 1 }]);
        byte[] log = File.ReadAllBytes(Directory.GetFiles(Folder, "*.log")[0]);
        string logPath = Directory.GetFiles(Folder, "*.log")[0];
        await journal.ReplaceAsync(epoch, [new byte[] { 7 }, new byte[] { 8 }]);
        Assert.Equal([7, 8], await ReadBytesAsync());

        string state = Assert.Single(Directory.GetFiles(Folder, "*.state"));
        Damage(state, File.ReadAllBytes(state)[..^1]);
        File.WriteAllBytes(logPath, log);
        Assert.Equal([1], await ReadBytesAsync());
    }

    [Fact]
    public async Task Replace_DeletesWhatItReplaced()
    {
        await WriteAsync([1], [2]);
        FileShardJournal journal = (FileShardJournal)Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        await journal.AppendAsync(epoch, [new byte[] { 3 }]);
        await journal.ReplaceAsync(epoch, [new byte[] { 9 }]);
        Assert.Single(Directory.GetFiles(Folder, "*.state"));
        Assert.Empty(Directory.GetFiles(Folder, "*.log"));
        await journal.AppendAsync(epoch, [new byte[] { 4 }]);
        Assert.Equal([9, 4], await ReadBytesAsync());
    }

    [Fact]
    public async Task EpochFileThatIsLost_DoesNotGiveAnEpochTwice()
    {
        FileShardJournal journal = (FileShardJournal)Open();
        long epoch = await journal.RaiseEpochAsync(40, default);
        await journal.AppendAsync(epoch, [new byte[] { 1 }]);
        File.Delete(Path.Combine(Folder, "epoch"));
        Assert.True(await Open().RaiseEpochAsync(0, default) > epoch);
    }

    [Fact]
    public void Folder_OfAnotherMachine_IsRefused()
    {
        using (FileShardStorageProvider provider = new(Options))
        {
            Assert.Same(provider.Open(3), provider.Open(3));
        }

        using FileShardStorageProvider again = new(Options);
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => new FileShardStorageProvider(Options with { MachineId = "there" }));
        Assert.Contains("made on machine 'here'", e.Message, StringComparison.Ordinal);
    }

    private protected override IShardJournal Open()
    {
        FileShardJournal journal = new(Options, 3);
        _open.Add(journal);
        return journal;
    }

    private protected override void Clear()
    {
        _open.ForEach(j => j.Dispose());
        _open.Clear();
        _cleared++;
    }

    /// <summary>As if that was on the disk before anybody read it.</summary>
    private void Damage(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        Array.ForEach(Directory.GetFiles(Folder, "*.read"), File.Delete);
    }

    private async Task WriteAsync(params byte[][] records)
    {
        IShardJournal journal = Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        await journal.AppendAsync(epoch, [.. records.Select(r => (ReadOnlyMemory<byte>)r)]);
    }

    private async Task<IReadOnlyList<int>> ReadBytesAsync()
    {
        using FileShardJournal journal = new(Options, 3);
        long epoch = await journal.RaiseEpochAsync(0, default);
        List<int> first = [];
        await foreach (ReadOnlyMemory<byte> record in journal.ReadAsync(epoch))
        {
            first.Add(record.Span[0]);
        }

        return first;
    }
}
