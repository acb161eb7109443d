using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Hashing;

namespace RayOrleans.ObjectStore;

/// <summary>
/// The files of one store over its directories. A file is written once, with one or several objects, straight from the arena, and deleted with the last
/// object in it. Thread-safe; no lock is held during input and output.
/// </summary>
internal sealed unsafe class SpillSpace : IDisposable
{
    /// <summary>Bytes written or read at a time: still in a core's cache when they are summed.</summary>
    private const int Piece = 256 << 10;
    private const int Waste = 2;

    private readonly SpillOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private static readonly TimeSpan[] ReadAgainAfter = [TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(200)];

    private readonly DirectoryTurns _turns;
    private readonly ISpillFolder?[] _folders;
    private readonly HashSet<SpilledFile> _files = [];
    private readonly ulong _store = BitConverter.ToUInt64(Guid.NewGuid().ToByteArray());
    private long _nextFile;
    private long _nextObject;
    private long _live;
    private long _liveObjects;
    private long _fileBytes;
    private readonly ConcurrentQueue<SpilledFile> _dead = new();
    private readonly Action _hasDead;
    private long _reserved;
    private long? _overLimitSince;
    private long _refusedBytes;
    private string? _limitError;
    private string? _diskError;
    private bool _disposed;

    /// <summary>Makes the space; nothing is touched on the disks before the first write.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="time">The clock of the back-off.</param>
    /// <param name="hasDead">Called when <see cref="DeleteDead"/> has something to do.</param>
    public SpillSpace(SpillOptions options, TimeProvider time, Action hasDead)
    {
        _options = options;
        _time = time;
        _hasDead = hasDead;
        _turns = new DirectoryTurns(options.Directories.Count, options.BackOff, time);
        _folders = new ISpillFolder?[options.Directories.Count];
    }

    /// <summary>
    /// Why the last attempt to write failed; null after one that succeeded. That something smaller still fitted does not take back what was said about the limit.
    /// </summary>
    public string? LastError
    {
        get
        {
            lock (_gate)
                return _limitError ?? _diskError;
        }
    }

    /// <summary>How long until a directory may be written to; zero: now.</summary>
    public TimeSpan Rest()
    {
        lock (_gate)
        {
            // At the limit nobody tries again before something was deleted, or, in case less is wanted, a while has passed.
            TimeSpan rest = _overLimitSince is { } since ? _options.BackOff - _time.GetElapsedTime(since) : TimeSpan.Zero;
            return rest > _turns.Rest() ? rest : _turns.Rest();
        }
    }

    public SpaceTotals Totals()
    {
        lock (_gate)
            return new SpaceTotals(_live, _liveObjects, _fileBytes, _files.Count);
    }

    /// <summary>Writes objects to one file, in this order. False: no directory takes it now; <see cref="LastError"/> says why.</summary>
    /// <param name="items">The objects, each with memory that stays while this runs.</param>
    /// <param name="records">Where they are.</param>
    public bool TryWrite(IReadOnlyList<SpillItem> items, out SpillRecord[] records)
    {
        SpillRecord[] written = [];
        bool done = TryInDirectories(items.Sum(i => SpillRecord.SizeOf(i.Length)), (file, open) => written = WriteAll(file, open, items), file =>
        {
            for (int i = 0; i < items.Count; i++)
            {
                file.Live.Add(items[i].Object);
                file.LiveBytes += written[i].FileBytes;
                _live += written[i].Length;
                _liveObjects++;
            }
        });
        records = written;
        return done;
    }

    /// <summary>Memory mapped from a new file that is deleted with it; null: no directory takes it now.</summary>
    public SpillMapping? TryMapNew(long length)
    {
        SpillMapping? mapping = null;
        SpilledFile? made = null;
        long size = Math.Max(1, length);
        bool done = TryInDirectories(
            size,
            (_, open) =>
            {
                open.Reserve(size);
                mapping = open.Map(0, size, writable: true);
            },
            file =>
            {
                file.Uses = 1;
                made = file;
            });
        if (!done)
        {
            mapping?.Dispose();
            return null;
        }

        mapping!.Closed = () => EndUse(made!);
        return mapping;
    }

    /// <summary>Keeps a record's file until <see cref="EndUse"/>; false: it is gone.</summary>
    public bool TryUse(SpillRecord record)
    {
        lock (_gate)
        {
            if (record.File.IsDeleted)
                return false;
            record.File.Uses++;
            return true;
        }
    }

    public void EndUse(SpilledFile file)
    {
        lock (_gate)
            file.Uses--;
        Retire(file);
    }

    /// <summary>The object's record is not needed any more.</summary>
    public void Free(SpillRecord record, StoredObject owner)
    {
        lock (_gate)
        {
            if (!record.File.Live.Remove(owner))
                return;
            record.File.LiveBytes -= record.FileBytes;
            record.File.IsLeftAsItIs = false;
            _live -= record.Length;
            _liveObjects--;
        }

        Retire(record.File);
    }

    /// <summary>Deletes files that nothing lives in any more: not done where the last object was let go of, which may be anybody's thread.</summary>
    public void DeleteDead()
    {
        while (_dead.TryDequeue(out SpilledFile? file))
        {
            TryDelete(file);
            lock (_gate)
            {
                _files.Remove(file);
                _fileBytes -= file.FileBytes;
                LeaveLimit_NeedsLock();
            }
        }
    }

    /// <summary>Reads a record, in use by the caller, into memory.</summary>
    /// <exception cref="ObjectDamagedException">Its bytes are not those that were written, or cannot be read.</exception>
    public void Read(SpillRecord record, byte* to) => Insist(record, () =>
    {
        using ISpillFile file = record.File.Folder.OpenRead(record.File.Name);
        CheckHeader(record, file);
        XxHash3 hash = new();
        for (long done = 0; done < record.Length;)
        {
            Span<byte> piece = new(to + done, (int)Math.Min(Piece, record.Length - done));
            ReadAll(record, file, piece, record.DataOffset + done);
            hash.Append(piece);
            done += piece.Length;
        }

        CheckSum(record, hash);
        return true;
    });

    /// <summary>Maps a record's bytes, in use by the caller, after checking them. The use passes over to the mapping.</summary>
    /// <exception cref="ObjectDamagedException">Its bytes are not those that were written, or cannot be read.</exception>
    /// <exception cref="IOException">There is no room for the mapping.</exception>
    public SpillMapping Map(SpillRecord record)
    {
        using ISpillFile file = Insist(record, () => record.File.Folder.OpenRead(record.File.Name));
        CheckHeader(record, file);
        // There may be nothing behind the header of an empty one that could be mapped.
        SpillMapping mapping = record.Length == 0 ? file.Map(record.Offset, RecordHeader.Bytes, writable: false) : file.Map(record.DataOffset, record.Length, writable: false);
        try
        {
            XxHash3 hash = new();
            for (long done = 0; done < record.Length;)
            {
                ReadOnlySpan<byte> piece = new(mapping.Pointer + done, (int)Math.Min(Piece, record.Length - done));
                hash.Append(piece);
                done += piece.Length;
            }

            CheckSum(record, hash);
        }
        catch
        {
            mapping.Dispose();
            throw;
        }

        mapping.Closed = () => EndUse(record.File);
        return mapping;
    }

    /// <summary>
    /// A fused file whose dead records should be given up: taken when dead records make up more than the live ones and a few files' worth, so disks hold
    /// at most twice the live bytes and a little. Null: none. <see cref="EndCompaction"/> ends it.
    /// </summary>
    public SpilledFile? TryStartCompaction(long fileBytes)
    {
        lock (_gate)
        {
            long fused = 0, live = 0;
            SpilledFile? worst = null;
            foreach (SpilledFile file in _files)
            {
                if (file.Live.Count == 0 || file.IsLeftAsItIs)
                    continue;
                fused += file.FileBytes;
                live += file.LiveBytes;
                if (!file.IsBeingCompacted && (worst is null || file.LiveBytes * worst.FileBytes < worst.LiveBytes * file.FileBytes))
                    worst = file;
            }

            if (worst is null || fused - live <= live + (Waste * fileBytes))
                return null;
            worst.IsBeingCompacted = true;
            return worst;
        }
    }

    public StoredObject[] LiveIn(SpilledFile file)
    {
        lock (_gate)
            return [.. file.Live];
    }

    public void EndCompaction(SpilledFile file)
    {
        lock (_gate)
            file.IsBeingCompacted = false;
    }

    /// <summary>Something in the file cannot be read, so it cannot be emptied: until one of its records is freed the others are compacted without it.</summary>
    public void LeaveAsItIs(SpilledFile file)
    {
        lock (_gate)
            file.IsLeftAsItIs = true;
    }

    public void Dispose()
    {
        lock (_gate)
            _disposed = true;
        foreach (ISpillFolder? folder in _folders)
            folder?.Dispose();
    }

    private static ObjectDamagedException Damaged(SpillRecord record, string what, Exception? cause = null) =>
        new($"A spilled object of {record.Length} bytes in '{record.File.Name}' at {record.Offset} is lost: {what}", cause);

    private static void CheckHeader(SpillRecord record, ISpillFile file)
    {
        Span<byte> bytes = stackalloc byte[RecordHeader.Bytes];
        ReadAll(record, file, bytes, record.Offset);
        if (RecordHeader.Read(bytes) != record.Header)
            throw Damaged(record, "its header is not the one that was written.");
    }

    private static void CheckSum(SpillRecord record, XxHash3 hash)
    {
        if (hash.GetCurrentHashAsUInt64() != record.Header.Checksum)
            throw Damaged(record, "its checksum does not fit its bytes.");
    }

    private static void ReadAll(SpillRecord record, ISpillFile file, Span<byte> bytes, long offset)
    {
        for (int done = 0; done < bytes.Length;)
        {
            int read = file.Read(bytes[done..], offset + done);
            if (read == 0)
                throw Damaged(record, "the file ends within it.");
            done += read;
        }
    }

    /// <summary>What a disk refuses once (no descriptors or memory left, a path that is being restored) is tried again before the object counts as lost.</summary>
    private static T Insist<T>(SpillRecord record, Func<T> read)
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                return read();
            }
            catch (Exception error) when (error is (IOException and not ObjectDamagedException) or UnauthorizedAccessException)
            {
                if (error is FileNotFoundException or DirectoryNotFoundException || tries == ReadAgainAfter.Length)
                    throw Damaged(record, error.Message, error);
                // A thread of the spilling, which has nothing else to do.
                Thread.Sleep(ReadAgainAfter[tries]);
            }
        }
    }

    private SpillRecord[] WriteAll(SpilledFile file, ISpillFile open, IReadOnlyList<SpillItem> items)
    {
        SpillRecord[] records = new SpillRecord[items.Count];
        Span<byte> header = stackalloc byte[RecordHeader.Bytes];
        long at = 0;
        for (int i = 0; i < items.Count; i++)
        {
            SpillItem item = items[i];
            byte* from = item.Pointer;
            XxHash3 hash = new();
            for (long done = 0; done < item.Length;)
            {
                ReadOnlySpan<byte> piece = new(from + done, (int)Math.Min(Piece, item.Length - done));
                hash.Append(piece);
                open.Write(piece, at + RecordHeader.Bytes + done);
                done += piece.Length;
            }

            RecordHeader head = new(_store, (ulong)Interlocked.Increment(ref _nextObject), item.Length, hash.GetCurrentHashAsUInt64());
            head.Write(header);
            open.Write(header, at);
            records[i] = new SpillRecord(file, at, head);
            at += records[i].FileBytes;
        }

        return records;
    }

    /// <summary>Makes a file in the next directory that takes it, fills it and enters it; a directory that fails is left out for a while.</summary>
    private bool TryInDirectories(long bytes, Action<SpilledFile, ISpillFile> fill, Action<SpilledFile> enter)
    {
        Span<bool> tried = stackalloc bool[_folders.Length];
        while (true)
        {
            int directory;
            lock (_gate)
            {
                if (_disposed || IsOverLimit_NeedsLock(bytes))
                    return false;
                directory = _turns.Next(tried);
                if (directory < 0)
                    return false;
                _reserved += bytes;
            }

            tried[directory] = true;
            SpilledFile? file = null;
            try
            {
                file = Fill(directory, bytes, fill);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                lock (_gate)
                {
                    _diskError = $"'{_options.Directories[directory]}': {error.Message}";
                    _turns.Failed(directory);
                }
            }

            lock (_gate)
            {
                _reserved -= bytes;
                if (file is null)
                    continue;
                _diskError = null;
                if (bytes >= _refusedBytes)
                    LeaveLimit_NeedsLock();
                _turns.Succeeded(directory);
                file.FileBytes = bytes;
                _files.Add(file);
                _fileBytes += bytes;
                enter(file);
                return true;
            }
        }
    }

    private bool IsOverLimit_NeedsLock(long bytes)
    {
        if (_options.MaxBytes is not { } most || _fileBytes + _reserved + bytes <= most)
            return false;
        _overLimitSince = _time.GetTimestamp();
        _refusedBytes = bytes;
        _limitError = $"{_fileBytes} bytes are on disk, and the limit is {most}.";
        return true;
    }

    private void LeaveLimit_NeedsLock()
    {
        _overLimitSince = null;
        _refusedBytes = 0;
        _limitError = null;
    }

    private SpilledFile Fill(int directory, long bytes, Action<SpilledFile, ISpillFile> fill)
    {
        ISpillFolder folder = FolderOf(directory);
        long free = folder.FreeBytes;
        if (free < bytes + _options.MinFreeBytes)
            throw new IOException($"the disk has {free} bytes free; {bytes} are needed, and {_options.MinFreeBytes} are left to others.");
        string name = Interlocked.Increment(ref _nextFile).ToString("x8", CultureInfo.InvariantCulture) + ".spill";
        SpilledFile file = new(folder, name, directory);
        try
        {
            using ISpillFile open = folder.Create(name);
            fill(file, open);
            return file;
        }
        catch
        {
            TryDelete(file);
            throw;
        }
    }

    private ISpillFolder FolderOf(int directory)
    {
        lock (_gate)
        {
            if (_folders[directory] is { } known)
                return known;
        }

        ISpillFolder made = _options.Files.Open(_options.Directories[directory]);
        lock (_gate)
        {
            if (!_disposed && _folders[directory] is null)
                return _folders[directory] = made;
        }

        made.Dispose();
        lock (_gate)
            return _folders[directory] ?? throw new IOException("the store is closed.");
    }

    private void Retire(SpilledFile file)
    {
        lock (_gate)
        {
            if (file.IsDeleted || file.Uses > 0 || file.Live.Count > 0)
                return;
            file.IsDeleted = true;
            if (_disposed)
                return;
        }

        _dead.Enqueue(file);
        _hasDead();
    }

    private static void TryDelete(SpilledFile file)
    {
        try
        {
            file.Folder.Delete(file.Name);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The folder goes with the store, or is swept by the next.
        }
    }
}
