namespace RayOrleans.ObjectStore.Tests.Spilling;

/// <summary>The real file system with faults that are switched on and off.</summary>
internal sealed class FaultyFiles : ISpillFiles
{
    private readonly DiskSpillFiles _inner = new();
    private readonly HashSet<string> _broken = [];
    private long _left = long.MaxValue;

    /// <summary>Bytes that may still be written before the disk is full.</summary>
    public long BytesLeft
    {
        get => Interlocked.Read(ref _left);
        set => Interlocked.Exchange(ref _left, value);
    }

    /// <summary>Waited for before each write, if set.</summary>
    public volatile ManualResetEventSlim? WriteGate;

    /// <summary>Waited for before each read, if set.</summary>
    public volatile ManualResetEventSlim? ReadGate;

    /// <summary>Whether only the reads of restores wait for it, and not those of records that are moved.</summary>
    public volatile bool GatesOnlyRestores;

    /// <summary>Whether reads fail, as those of a disk that was pulled out.</summary>
    public volatile bool RefusesReads;

    /// <summary>How many more reads fail, before the disk is well again.</summary>
    public int ReadsToRefuse;

    public int Reads;
    public int Writes;
    public int Opens;

    public void Break(string directory)
    {
        lock (_broken)
            _broken.Add(directory);
    }

    public void Mend(string directory)
    {
        lock (_broken)
            _broken.Remove(directory);
    }

    public ISpillFolder Open(string directory)
    {
        Check(directory);
        return new Folder(this, directory, _inner.Open(directory));
    }

    public int Sweep(string directory) => _inner.Sweep(directory);

    private void Check(string directory)
    {
        lock (_broken)
        {
            if (_broken.Contains(directory))
                throw new UnauthorizedAccessException("The file system is read-only.");
        }
    }

    private sealed class Folder(FaultyFiles files, string directory, ISpillFolder inner) : ISpillFolder
    {
        public long FreeBytes => inner.FreeBytes;

        public ISpillFile Create(string name)
        {
            files.Check(directory);
            return new File(files, inner.Create(name));
        }

        public ISpillFile OpenRead(string name)
        {
            Interlocked.Increment(ref files.Opens);
            return new File(files, inner.OpenRead(name));
        }

        public void Delete(string name) => inner.Delete(name);

        public void Dispose() => inner.Dispose();
    }

    private sealed class File(FaultyFiles files, ISpillFile inner) : ISpillFile
    {
        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            files.WriteGate?.Wait();
            Interlocked.Increment(ref files.Writes);
            long left = Interlocked.Add(ref files._left, -bytes.Length);
            if (left < 0)
            {
                // As a real disk does: what fits is written.
                int fits = (int)Math.Max(0, bytes.Length + left);
                inner.Write(bytes[..fits], offset);
                throw new IOException("No space left on device.");
            }

            inner.Write(bytes, offset);
        }

        public int Read(Span<byte> bytes, long offset)
        {
            Interlocked.Increment(ref files.Reads);
            if (!files.GatesOnlyRestores || Thread.CurrentThread.Name == "store-restore")
                files.ReadGate?.Wait();
            return files.RefusesReads || Interlocked.Decrement(ref files.ReadsToRefuse) >= 0 ? throw new IOException("Input/output error.") : inner.Read(bytes, offset);
        }

        public void Reserve(long length)
        {
            if (Interlocked.Add(ref files._left, -length) < 0)
                throw new IOException("No space left on device.");
            inner.Reserve(length);
        }

        public SpillMapping Map(long offset, long length, bool writable) => inner.Map(offset, length, writable);

        public void Dispose() => inner.Dispose();
    }
}
