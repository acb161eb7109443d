using Microsoft.Win32.SafeHandles;
using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;

namespace RayOrleans.ObjectStore;

/// <summary>Sparse file, mapped with mmap, committed with fallocate.</summary>
internal sealed unsafe class LinuxArenaBacking : CriticalFinalizerObject, IArenaBacking
{
    /// <summary>fallocate gives up at a signal and undoes its work, so it is asked for pieces of a few milliseconds.</summary>
    private const long CommitPiece = 16 << 20;
    private const long PageSize = 4096;

    private readonly FileStream _file;
    private readonly SafeFileHandle _handle;
    private readonly long _length;
    private readonly UsedPieces _used;
    private nint _base;

    public LinuxArenaBacking(FileStream file, long length)
    {
        _file = file;
        _handle = file.SafeFileHandle;
        _length = length;
        _used = new UsedPieces(length);
        file.SetLength(length);
        void* mapped = LibC.Map(null, (nuint)length, LibC.ProtRead | LibC.ProtWrite, LibC.MapShared, Descriptor, 0);
        if ((nint)mapped == -1)
        {
            throw new IOException(
                $"Mapping {length} bytes of '{file.Name}' failed: {Marshal.GetLastPInvokeErrorMessage()}. " +
                "Lower ArenaOptions.CapacityBytes or raise the address space limit (ulimit -v).");
        }

        _base = (nint)mapped;
        Identity = ArenaIdentity.Of(Descriptor);
        // Best effort: without it a core dump would contain the arena.
        _ = LibC.Advise(mapped, (nuint)length, LibC.AdviseDontDump);
    }

    ~LinuxArenaBacking() => Unmap();

    public byte* Base => (byte*)_base;

    public ArenaIdentity Identity { get; }

    private int Descriptor => (int)_handle.DangerousGetHandle();

    public IOException? Commit(long offset, long length)
    {
        for (long done = 0; done < length;)
        {
            long piece = Math.Min(CommitPiece, length - done);
            if (!TryAllocate(0, offset + done, piece, out bool isDone))
                return new IOException($"'{_file.Name}' has been closed: its store was disposed of.");
            if (isDone)
            {
                done += piece;
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error != LibC.Interrupted)
            {
                return new IOException(
                    $"The file system of '{_file.Name}' refused {length} bytes at {offset}: {Marshal.GetPInvokeErrorMessage(error)}.");
            }
        }

        return null;
    }

    public void Populate(long offset, long length)
    {
        _used.Mark(offset, length);
        if (LibC.Advise(Base + offset, (nuint)length, LibC.AdvisePopulateWrite) == 0)
            return;
        // Kernels before 5.14: the range belongs to nobody, so a write to each page does it.
        for (long at = 0; at < length; at += PageSize)
            Base[offset + at] = 0;
    }

    public bool CanPunch => true;

    public bool TryPunch(long offset, long length)
    {
        _used.Clear(offset, length);
        return TryAllocate(LibC.AllocatePunchHole | LibC.AllocateKeepSize, offset, length, out bool isDone) && isDone;
    }

    /// <summary>Pages that are not mapped yet are written through the file: without faults, and without being cleared first.</summary>
    public void Write(long offset, byte* from, long length)
    {
        while (length > 0)
        {
            long piece = _used.Next(offset, length, out bool isUsed);
            if (isUsed || piece < UsedPieces.PieceBytes || !LibC.TryWriteAt(_handle, offset, from, piece))
                MemoryCopy.Copy(from, Base + offset, piece);
            offset += piece;
            from += piece;
            length -= piece;
        }
    }

    public void Unlink()
    {
        File.Delete(_file.Name);
        _file.Dispose();
    }

    public void Dispose()
    {
        Unmap();
        GC.SuppressFinalize(this);
    }

    /// <summary>False: the file has been closed, and its descriptor may be another file's.</summary>
    private bool TryAllocate(int mode, long offset, long length, out bool isDone)
    {
        bool isOpen = false;
        isDone = false;
        try
        {
            _handle.DangerousAddRef(ref isOpen);
            isDone = LibC.Allocate(Descriptor, mode, offset, length) == 0;
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            if (isOpen)
                _handle.DangerousRelease();
        }
    }

    private void Unmap()
    {
        nint mapped = Interlocked.Exchange(ref _base, 0);
        if (mapped != 0)
            _ = LibC.Unmap((void*)mapped, (nuint)_length);
    }
}
