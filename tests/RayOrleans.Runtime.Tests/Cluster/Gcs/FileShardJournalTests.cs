using Microsoft.Win32.SafeHandles;
using RayOrleans.Runtime.Cluster.Gcs;
using RayOrleans.Runtime.Cluster.Gcs.Files;
using RayOrleans.Runtime.Tests.Cluster.Support;

namespace RayOrleans.Runtime.Tests.Cluster.Gcs;

public sealed class FileShardJournalTests : ShardJournalKit, IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ray-journal-").FullName;
    private readonly List<FileShardJournal> _open = [];
    private readonly FaultyDisk _disk = new();
    private int _cleared;

    private FileJournalOptions Options => new() { Directory = Path.Combine(_root, $"{_cleared}"), Flush = FlushPolicy.Never, MachineId = "here", Disk = _disk };

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

    /// <summary>The disk is full, for a while.</summary>
    [Fact]
    public async Task Log_WhoseFirstWriteFails_IsMadeByTheNextAppend()
    {
        IShardJournal journal = Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        _disk.BeforeWrite = static () => throw new IOException("No space left on device.");
        await Assert.ThrowsAsync<IOException>(async () => await journal.AppendAsync(epoch, [new byte[] { 1 }]));
        await Assert.ThrowsAsync<IOException>(async () => await journal.AppendAsync(epoch, [new byte[] { 2 }]));
        _disk.BeforeWrite = null;
        await journal.AppendAsync(epoch, [new byte[] { 3 }]);
        Assert.Equal([3], await ReadBytesAsync());
    }

    [Fact]
    public async Task Append_ThatCannotBeForcedToTheDisk_IsTakenBack()
    {
        using FileShardJournal journal = new(Options with { Flush = FlushPolicy.Always }, 3);
        long epoch = await journal.RaiseEpochAsync(0, default);
        await journal.AppendAsync(epoch, [new byte[] { 1 }]);
        _disk.BeforeFlush = static () => throw new IOException("Input/output error.");
        await Assert.ThrowsAsync<IOException>(async () => await journal.AppendAsync(epoch, [new byte[] { 2 }, new byte[] { 3 }]));
        _disk.BeforeFlush = null;
        await journal.AppendAsync(epoch, [new byte[] { 4 }]);
        Assert.Equal([1, 4], await ReadBytesAsync());
    }

    [Fact]
    public async Task Disk_ThatFailsWhenItIsTime_FailsWhatComesNext_UntilItDoesNot()
    {
        ManualTime time = new();
        FileJournalOptions options = Options with { Flush = FlushPolicy.Interval, Time = time };
        using FileShardJournal journal = new(options, 3);
        long epoch = await journal.RaiseEpochAsync(0, default);
        await journal.AppendAsync(epoch, [new byte[] { 1 }]);
        _disk.BeforeFlush = static () => throw new IOException("Input/output error.");
        for (int i = 0; i < 2; i++)
        {
            time.Advance(options.FlushInterval);
            IOException e = await Assert.ThrowsAsync<IOException>(async () => await journal.AppendAsync(epoch, [new byte[] { 2 }]));
            Assert.Contains("could not be forced to the disk: Input/output error.", e.Message, StringComparison.Ordinal);
        }

        _disk.BeforeFlush = null;
        time.Advance(options.FlushInterval);
        await journal.AppendAsync(epoch, [new byte[] { 3 }]);

        // The disk may have forgotten the first record, and said nothing the second time.
        Assert.True(journal.WantsState);
        await journal.ReplaceAsync(epoch, [new byte[] { 1 }, new byte[] { 3 }]);
        Assert.False(journal.WantsState);
        Assert.Equal([1, 3], await ReadBytesAsync());
    }

    [Fact]
    public async Task Disk_ThatFailsWhenItIsTime_IsDoneWith_WhenTheStateIsThere()
    {
        ManualTime time = new();
        FileJournalOptions options = Options with { Flush = FlushPolicy.Interval, Time = time };
        using FileShardJournal journal = new(options, 3);
        long epoch = await journal.RaiseEpochAsync(0, default);
        await journal.AppendAsync(epoch, [new byte[] { 1 }]);
        _disk.BeforeFlush = static () => throw new IOException("Input/output error.");
        time.Advance(options.FlushInterval);
        _disk.BeforeFlush = null;
        await journal.ReplaceAsync(epoch, [new byte[] { 1 }]);
        Assert.False(journal.WantsState);
        await journal.AppendAsync(epoch, [new byte[] { 2 }]);
        Assert.Equal([1, 2], await ReadBytesAsync());
    }

    /// <summary>Its writer may have died before it was time, and what follows would be on the disk without it.</summary>
    [Fact]
    public async Task Log_OfAnEarlierEpoch_IsForcedToTheDiskBeforeTheNextGoesOn()
    {
        FileJournalOptions options = Options with { Flush = FlushPolicy.Interval, Time = new ManualTime() };
        using FileShardJournal journal = new(options, 3);
        long epoch = await journal.RaiseEpochAsync(0, default);
        await journal.AppendAsync(epoch, [new byte[] { 1 }]);
        int before = _disk.Flushes;
        using FileShardJournal next = new(options, 3);
        await foreach (ReadOnlyMemory<byte> record in next.ReadAsync(await next.RaiseEpochAsync(0, default)))
        {
            Assert.Equal([1], record.ToArray());
        }

        Assert.Equal(before + 1, _disk.Flushes);
    }

    [Fact]
    public async Task Replace_ThatFailsWhenItsStateIsThere_IsFollowedByWhatComesNext()
    {
        IShardJournal journal = Open();
        long epoch = await journal.RaiseEpochAsync(0, default);
        await journal.AppendAsync(epoch, [new byte[] { 1 }]);
        string newest = Path.Combine(Folder, "epoch");
        byte[] bytes = File.ReadAllBytes(newest);
        _disk.BeforeFlush = () => File.WriteAllText(newest, "unreadable");
        await Assert.ThrowsAsync<InvalidDataException>(async () => await journal.ReplaceAsync(epoch, [new byte[] { 7 }]));
        Assert.Single(Directory.GetFiles(Folder, "*.state"));
        _disk.BeforeFlush = null;
        File.WriteAllBytes(newest, bytes);
        await journal.AppendAsync(epoch, [new byte[] { 2 }]);
        Assert.Equal([7, 2], await ReadBytesAsync());
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

    private protected override async Task AppendUnheardAsync(IShardJournal journal, long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        _disk.AfterWrite = static () => throw new IOException("Who knows what was written.");
        try
        {
            await journal.AppendAsync(epoch, records);
        }
        finally
        {
            _disk.AfterWrite = null;
        }
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

    private sealed class FaultyDisk : JournalDisk
    {
        private int _flushes;

        public Action? BeforeWrite { get; set; }

        public Action? AfterWrite { get; set; }

        public Action? BeforeFlush { get; set; }

        public int Flushes => Volatile.Read(ref _flushes);

        public override void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long position)
        {
            BeforeWrite?.Invoke();
            base.Write(file, bytes, position);
            AfterWrite?.Invoke();
        }

        public override void Flush(SafeFileHandle file)
        {
            BeforeFlush?.Invoke();
            base.Flush(file);
            Interlocked.Increment(ref _flushes);
        }
    }
}
