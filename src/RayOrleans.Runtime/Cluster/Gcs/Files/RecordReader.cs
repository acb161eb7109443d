using System.Buffers.Binary;

namespace RayOrleans.Runtime.Cluster.Gcs.Files;

/// <summary>Reads one file of records up to its end, or to the first damaged record: what follows that was never acknowledged, or is beyond repair.</summary>
internal sealed class RecordReader : IDisposable
{
    private readonly RecordFileName _name;
    private readonly FileStream _file;
    private readonly long _limit;
    private readonly byte[] _header = new byte[RecordFormat.HeaderLength];
    private long _position;
    private int _count;

    /// <param name="path">The file.</param>
    /// <param name="name">Its name.</param>
    /// <param name="limit">The end of what counts.</param>
    public RecordReader(string path, RecordFileName name, long limit = long.MaxValue)
    {
        _name = name;
        _limit = limit;
        _file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Open,

            // Forcing it to the disk is taken for writing by some systems.
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            Options = FileOptions.SequentialScan,
            BufferSize = 64 * 1024,
        });
    }

    /// <summary>The file.</summary>
    public RecordFileName Name => _name;

    /// <summary>Whether the end of a state was read.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>The end of what was read.</summary>
    public long End => _position;

    /// <summary>Bytes behind the last whole record.</summary>
    public long CutBytes => Math.Max(0, _file.Length - _position);

    /// <summary>The next record; null at the end.</summary>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_position == 0)
        {
            if (!await FillAsync(_header, cancellationToken).ConfigureAwait(false))
            {
                return null;
            }

            if (!RecordFormat.IsHeader(_header, _name))
            {
                return RecordFormat.IsOtherVersion(_header)
                    ? throw new InvalidDataException($"{_file.Name} was written by another version, whose form is not known here.")
                    : null;
            }

            _position = RecordFormat.HeaderLength;
        }

        if (_position >= _limit)
        {
            return null;
        }

        byte[] head = new byte[RecordFormat.RecordHeaderLength];
        if (IsWhole || !await FillAsync(head, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(head);
        ulong checksum = BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan(4));
        if (length == 0)
        {
            IsWhole = _name.IsState && checksum == RecordFormat.Checksum(_name, _position + _count, []);
            _position += IsWhole ? head.Length : 0;
            return null;
        }

        if (length is < 0 or > RecordFormat.MaxRecordLength || length > _file.Length - _position)
        {
            return null;
        }

        byte[] record = new byte[length];
        if (!await FillAsync(record, cancellationToken).ConfigureAwait(false) || checksum != RecordFormat.Checksum(_name, _position, record))
        {
            return null;
        }

        _position += head.Length + length;
        _count++;
        return record;
    }

    /// <summary>Forces to the disk what was read.</summary>
    public void Flush(JournalDisk disk) => disk.Flush(_file.SafeFileHandle);

    public void Rewind()
    {
        _file.Position = _position = _count = 0;
        IsWhole = false;
    }

    public void Dispose() => _file.Dispose();

    private async ValueTask<bool> FillAsync(byte[] target, CancellationToken cancellationToken) =>
        await _file.ReadAtLeastAsync(target, target.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) == target.Length;
}
