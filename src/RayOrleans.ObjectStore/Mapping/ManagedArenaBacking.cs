using System.IO.MemoryMappedFiles;

namespace RayOrleans.ObjectStore;

/// <summary>The same by the base library alone, for Windows and macOS: committing means writing zeros into the file once.</summary>
internal sealed unsafe class ManagedArenaBacking : IArenaBacking
{
    private static readonly byte[] Zeros = new byte[1 << 20];

    private readonly FileStream _file;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _base;
    private bool _unlinked;

    public ManagedArenaBacking(FileStream file, long length)
    {
        _file = file;
        file.SetLength(length);
        _map = MemoryMappedFile.CreateFromFile(file, null, length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor(0, length, MemoryMappedFileAccess.ReadWrite);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _base);
        Identity = ArenaIdentity.Of((int)file.SafeFileHandle.DangerousGetHandle());
        _base += _view.PointerOffset;
    }

    public byte* Base => _base;

    public ArenaIdentity Identity { get; }

    public IOException? Commit(long offset, long length)
    {
        try
        {
            for (long done = 0; done < length;)
            {
                int piece = (int)Math.Min(Zeros.Length, length - done);
                RandomAccess.Write(_file.SafeFileHandle, Zeros.AsSpan(0, piece), offset + done);
                done += piece;
            }

            return null;
        }
        catch (IOException error)
        {
            return error;
        }
    }

    public void Populate(long offset, long length) => new Span<byte>(_base + offset, (int)length).Clear();

    public void Unlink()
    {
        _unlinked = TryDelete();
        _file.Dispose();
    }

    public void Dispose()
    {
        _base = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
        _unlinked = _unlinked || TryDelete();
    }

    /// <summary>Windows refuses while the file is mapped; what is left after a crash is removed at the next start.</summary>
    private bool TryDelete()
    {
        try
        {
            File.Delete(_file.Name);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
