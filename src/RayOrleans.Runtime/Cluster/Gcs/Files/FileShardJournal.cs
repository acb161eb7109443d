using System.Runtime.CompilerServices;

namespace RayOrleans.Runtime.Cluster.Gcs.Files;

/// <summary>
/// A shard's journal in files. Each epoch writes files of its own, so a stale activation cannot damage what the newest one writes; and it reads the epoch
/// after each write, so it never acknowledges what the newest one did not read; what it has written in vain lies behind a <see cref="ReadMark"/> of that
/// one and is passed over. Files that a state has replaced are deleted. What an append has written that failed is cut off before the next one, while no
/// newer epoch can begin, so nobody has read it. When the log cannot be forced to the disk, appends fail until it can; and because the disk may have lost what it was told before,
/// the shard's state, in a file of its own, is to stand for that (<see cref="IShardJournal.WantsState"/>).
/// </summary>
internal sealed class FileShardJournal : IShardJournal, IDisposable
{
    private readonly FileJournalOptions _options;
    private readonly string _folder;
    private readonly string _shard;
    private readonly EpochFile _epochs;
    private readonly Lock _lock = new();
    private readonly ITimer? _timer;
    private RecordWriter? _writer;
    private long _writerEpoch;
    private int _part;
    private bool _isDirty;
    private bool _wantsState;
    private Exception? _flushError;

    public FileShardJournal(FileJournalOptions options, int index)
    {
        _options = options;
        _shard = $"Shard {index} in {options.Directory}";
        _folder = Directory.CreateDirectory(Path.Combine(options.Directory, $"shard-{index:d4}")).FullName;
        _epochs = new EpochFile(_folder, options.Time);
        if (options.Flush == FlushPolicy.Interval)
        {
            _timer = options.Time.CreateTimer(static j => ((FileShardJournal)j!).FlushInTime(), this, options.FlushInterval, options.FlushInterval);
        }
    }

    public bool KeepsRecords => true;

    public bool WantsState => Volatile.Read(ref _wantsState);

    /// <summary>Bytes behind the last whole records of files read so far: what a crash has cut off.</summary>
    public long CutBytes { get; private set; }

    public ValueTask<long> RaiseEpochAsync(long atLeast, CancellationToken cancellationToken) =>
        _epochs.RaiseAsync(atLeast, () => Files().Select(f => f.Epoch).DefaultIfEmpty(0).Max(), cancellationToken);

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(long epoch, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (FailedIn(epoch) is { } failed)
        {
            await TakeBackAsync(epoch, failed).ConfigureAwait(false);
        }

        CheckNewest(epoch);
        List<RecordReader> readers = await OpenAsync(epoch, cancellationToken).ConfigureAwait(false);
        try
        {
            Dictionary<RecordFileName, long> ends = [];
            foreach (RecordReader reader in readers)
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } record)
                {
                    yield return record;
                }

                if (_options.Flush != FlushPolicy.Never && !reader.Name.IsState)
                {
                    // Whoever wrote it may have died before it did that, and what follows must not be on the disk without it.
                    FlushRead(reader);
                }

                CutBytes += reader.CutBytes;
                ends.Add(reader.Name, reader.End);
            }

            new ReadMark(epoch, ends).Write(_folder);
        }
        finally
        {
            readers.ForEach(r => r.Dispose());
        }
    }

    public async ValueTask AppendAsync(long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        if (records.Count == 0)
        {
            CheckNewest(epoch);
            return;
        }

        RecordWriter writer = WriterOf(epoch);
        if (writer.IsUncertain)
        {
            await TakeBackAsync(epoch, writer).ConfigureAwait(false);
        }

        long end = writer.Write(records);
        if (_options.Flush == FlushPolicy.Always)
        {
            // A disk takes milliseconds: the caller's thread has better things to do.
            await Task.Run(writer.Flush).ConfigureAwait(false);
        }

        // After the write: if the epoch is still the newest, whoever raises it later reads what was written.
        CheckNewest(epoch);
        writer.Advance(end, records.Count);
        _isDirty = true;
    }

    public async ValueTask ReplaceAsync(long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        CheckNewest(epoch);
        RecordFileName name;
        lock (_lock)
        {
            CheckWriter(epoch);
            name = new RecordFileName(epoch, _writerEpoch == epoch ? _part + 1 : 1, IsState: true);
        }

        string path = PathOf(name);
        await Task.Run(() => WriteState(path, name, records)).ConfigureAwait(false);
        lock (_lock)
        {
            // The state counts from now on, so nothing may be added to a log before it, whatever fails below.
            CheckWriter(epoch);
            CloseWriter();
            (_writerEpoch, _part) = (epoch, name.Part);
            _wantsState = false;
        }

        CheckNewest(epoch);
        foreach (RecordFileName old in Files().Where(f => f.CompareTo(name) < 0))
        {
            File.Delete(PathOf(old));
        }

        ReadMark.DeleteBefore(_folder, epoch);
    }

    public void Dispose()
    {
        _timer?.Dispose();
        lock (_lock)
        {
            Flush();
            Exception? error = _flushError;
            CloseWriter();
            if (error is not null)
            {
                throw new IOException($"{_shard}: what was written last could not be forced to the disk: {error.Message}", error);
            }
        }
    }

    private void WriteState(string path, RecordFileName name, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        string draft = path + ".new";
        File.Delete(draft);
        using (RecordWriter writer = new(draft, name, _options.Disk))
        {
            foreach (ReadOnlyMemory<byte> record in records)
            {
                writer.Advance(writer.Write([record]), 1);
            }

            // Whatever the policy: what it replaces is deleted, so it must be there.
            writer.WriteEnd();
            writer.Flush();
        }

        File.Move(draft, path, overwrite: true);
    }

    private RecordWriter WriterOf(long epoch)
    {
        lock (_lock)
        {
            CheckWriter(epoch);
            if (_writerEpoch < epoch)
            {
                CloseWriter();
                (_writerEpoch, _part) = (epoch, 0);
            }

            if (_flushError is { } error)
            {
                throw new IOException($"{_shard}: what was written before could not be forced to the disk: {error.Message}", error);
            }

            if (_writer is null)
            {
                CheckNewest(epoch);
                RecordFileName name = new(epoch, _part, IsState: false);
                _writer = new RecordWriter(PathOf(name), name, _options.Disk);
            }

            return _writer;
        }
    }

    /// <summary>The log of that epoch, if its last write has failed.</summary>
    private RecordWriter? FailedIn(long epoch)
    {
        lock (_lock)
        {
            return _writerEpoch == epoch && _writer is { IsUncertain: true } failed ? failed : null;
        }
    }

    /// <summary>Cuts off what a write that has failed may have left. No newer epoch begins meanwhile: it would go on with what it has read.</summary>
    private async ValueTask TakeBackAsync(long epoch, RecordWriter writer)
    {
        long newest = await _epochs.WhileNewestAsync(epoch, writer.TakeBack).ConfigureAwait(false);
        if (newest != epoch)
        {
            throw new StaleEpochException(_shard, epoch, newest);
        }
    }

    private void CheckWriter(long epoch)
    {
        if (_writerEpoch > epoch)
        {
            throw new StaleEpochException(_shard, epoch, _writerEpoch);
        }
    }

    private void CloseWriter()
    {
        _writer?.Dispose();
        (_writer, _isDirty, _flushError) = (null, false, null);
    }

    private void FlushInTime()
    {
        lock (_lock)
        {
            if (_isDirty)
            {
                Flush();
            }
        }
    }

    /// <summary>Forces the log to the disk. If that fails, the next append says so, and it is tried again in time.</summary>
    private void Flush()
    {
        if (_writer is null || _options.Flush == FlushPolicy.Never)
        {
            return;
        }

        // Before: what is written meanwhile is for the next time.
        _isDirty = false;
        try
        {
            _writer.Flush();
            _flushError = null;
        }
        catch (Exception e)
        {
            // Some systems forget what they could not write, and succeed the next time.
            (_isDirty, _flushError, _wantsState) = (true, e, true);
        }
    }

    private void FlushRead(RecordReader reader)
    {
        try
        {
            reader.Flush(_options.Disk);
        }
        catch
        {
            Volatile.Write(ref _wantsState, true);
            throw;
        }
    }

    private void CheckNewest(long epoch)
    {
        long newest = _epochs.Read();
        if (newest != epoch)
        {
            throw new StaleEpochException(_shard, epoch, newest);
        }
    }

    /// <summary>The newest whole state and the logs that follow it, opened, so that no other process can take them away any more.</summary>
    private async ValueTask<List<RecordReader>> OpenAsync(long epoch, CancellationToken cancellationToken)
    {
        while (true)
        {
            List<RecordReader> readers = [];
            try
            {
                ReadMark? mark = ReadMark.Newest(_folder, epoch);
                foreach (RecordFileName name in Files().Where(f => f.Epoch <= epoch))
                {
                    long limit = mark is null || name.Epoch >= mark.Epoch ? long.MaxValue : mark.Ends.GetValueOrDefault(name);
                    if (limit > 0)
                    {
                        readers.Add(new RecordReader(PathOf(name), name, limit));
                    }
                }
            }
            catch (FileNotFoundException)
            {
                // A stale activation has replaced its files by a state just now, before it could know: that state is there to be read.
                readers.ForEach(r => r.Dispose());
                continue;
            }

            int first = await FindStateAsync(readers, cancellationToken).ConfigureAwait(false);
            List<RecordReader> wanted = [.. readers.Where((r, i) => i == first || (i > first && !r.Name.IsState))];
            foreach (RecordReader other in readers.Except(wanted))
            {
                other.Dispose();
            }

            return wanted;
        }
    }

    private static async ValueTask<int> FindStateAsync(List<RecordReader> readers, CancellationToken cancellationToken)
    {
        for (int i = readers.Count - 1; i >= 0; i--)
        {
            RecordReader reader = readers[i];
            if (!reader.Name.IsState)
            {
                continue;
            }

            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is not null)
            {
            }

            if (reader.IsWhole)
            {
                reader.Rewind();
                return i;
            }
        }

        return -1;
    }

    private List<RecordFileName> Files()
    {
        List<RecordFileName> files = [.. Directory.EnumerateFiles(_folder).Select(RecordFileName.TryParse).OfType<RecordFileName>()];
        files.Sort();
        return files;
    }

    private string PathOf(RecordFileName name) => Path.Combine(_folder, name.ToString());
}
