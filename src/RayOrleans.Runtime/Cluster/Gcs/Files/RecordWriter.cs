using Microsoft.Win32.SafeHandles;

namespace RayOrleans.Runtime.Cluster.Gcs.Files;

/// <summary>
/// Writes one file of records. A write that fails leaves the end where it was, and what it has written behind it: that is to be taken back before the next one, which would overwrite
/// no more than its own length. One writer at a time.
/// </summary>
internal sealed class RecordWriter : IDisposable
{
    private readonly RecordFileName _name;
    private readonly JournalDisk _disk;
    private readonly SafeFileHandle _file;
    private byte[] _buffer = new byte[64 * 1024];
    private int _count;

    /// <summary>Makes the file; if it fails, there is none.</summary>
    public RecordWriter(string path, RecordFileName name, JournalDisk disk)
    {
        _name = name;
        _disk = disk;
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            Span<byte> header = stackalloc byte[RecordFormat.HeaderLength];
            RecordFormat.WriteHeader(header, name);
            _disk.Write(_file, header, 0);
            Position = header.Length;
        }
        catch
        {
            // The next attempt makes it again.
            _file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>The end of what counts.</summary>
    public long Position { get; private set; }

    /// <summary>Whether something may lie behind the end.</summary>
    public bool IsUncertain { get; private set; }

    /// <summary>Writes records in one piece behind the end; they count once the end is moved.</summary>
    /// <returns>The new end.</returns>
    public long Write(IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        long length = 0;
        foreach (ReadOnlyMemory<byte> record in records)
        {
            length += RecordFormat.RecordHeaderLength + record.Length;
            if (record.Length is 0 or > RecordFormat.MaxRecordLength)
            {
                throw new ArgumentException($"A record of {record.Length} bytes; 1 to {RecordFormat.MaxRecordLength} are taken.", nameof(records));
            }
        }

        if (length > _buffer.Length)
        {
            _buffer = new byte[checked((int)Math.Max(length, Math.Min(int.MaxValue / 2, (long)_buffer.Length * 2)))];
        }

        int offset = 0;
        foreach (ReadOnlyMemory<byte> record in records)
        {
            RecordFormat.WriteRecord(_buffer.AsSpan(offset), _name, Position + offset, record.Span);
            offset += RecordFormat.RecordHeaderLength + record.Length;
        }

        IsUncertain = true;
        _disk.Write(_file, _buffer.AsSpan(0, offset), Position);
        return Position + offset;
    }

    /// <summary>Moves the end: what was written last counts.</summary>
    public void Advance(long position, int records)
    {
        Position = position;
        _count += records;
        IsUncertain = false;
    }

    /// <summary>Cuts off what lies behind the end.</summary>
    public void TakeBack()
    {
        RandomAccess.SetLength(_file, Position);
        IsUncertain = false;
    }

    /// <summary>Ends a state: without this it does not count as whole.</summary>
    public void WriteEnd()
    {
        Span<byte> end = stackalloc byte[RecordFormat.RecordHeaderLength];
        RecordFormat.WriteRecord(end, _name, Position + _count, []);
        _disk.Write(_file, end, Position);
        Position += end.Length;
    }

    public void Flush() => _disk.Flush(_file);

    public void Dispose() => _file.Dispose();
}
