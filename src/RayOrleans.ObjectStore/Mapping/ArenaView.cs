using Microsoft.Win32.SafeHandles;
using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;

namespace RayOrleans.ObjectStore;

/// <summary>
/// Another process's arena as a client maps it: for reading, from a read-only descriptor; for pointers to write through, where everything is read-only but
/// the windows that are open now; and for copies, writable, of which no pointer is ever given away. Page tables stay, so a copy to where this process wrote
/// before costs neither faults nor changes of protection. Thread-safe.
/// </summary>
internal sealed unsafe class ArenaView : CriticalFinalizerObject, IDisposable
{
    private const long PageSize = 4096;

    private readonly string _path;
    private readonly ArenaIdentity _identity;
    private readonly long _length;
    private readonly Lock _gate = new();
    private readonly UsedPieces _used;
    private SafeFileHandle? _writable;
    private nint _reading;
    private nint _writing;
    private nint _copying;

    public ArenaView(string path, ArenaIdentity identity, long length)
    {
        _path = path;
        _identity = identity;
        _length = length;
        _used = new UsedPieces(length);
        int descriptor = Open(LibC.OpenReadOnly);
        try
        {
            _reading = Map(descriptor);
        }
        finally
        {
            _ = LibC.Close(descriptor);
        }
    }

    ~ArenaView() => Unmap();

    public long Length => _length;

    /// <summary>Where a part of the arena can be read.</summary>
    public byte* Reading(long offset, long length)
    {
        Check(offset, length);
        return (byte*)_reading + offset;
    }

    /// <summary>Makes the pages of an unsealed block writable and returns its first byte.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public byte* OpenWindow(long offset, long length)
    {
        Check(offset, length);
        lock (_gate)
        {
            if (_writing == 0)
                _writing = Map(Writable_NeedsLock());
        }

        byte* start = (byte*)_writing + offset;
        if (length > 0 && LibC.Protect(start, (nuint)Pages(length), LibC.ProtRead | LibC.ProtWrite) != 0)
        {
            throw new IOException(
                $"The system does not let {length} bytes of the arena be written: {Marshal.GetLastPInvokeErrorMessage()}. " +
                "Seal objects earlier, or raise vm.max_map_count.");
        }

        return start;
    }

    /// <summary>Makes the pages read-only again: a write through a pointer that was kept faults.</summary>
    public void CloseWindow(byte* start, long length)
    {
        if (length > 0 && LibC.Protect(start, (nuint)Pages(length), LibC.ProtRead) != 0)
            Environment.FailFast($"The system does not take back the right to write {length} bytes of the arena: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    /// <summary>Copies into an unsealed block: the first time through the file, which spares the faults of pages that are not mapped yet.</summary>
    public void Write(long offset, byte* from, long length)
    {
        Check(offset, length);
        byte* start = Copying();
        while (length > 0)
        {
            long piece = _used.Next(offset, length, out bool isUsed);
            if (isUsed || piece < UsedPieces.PieceBytes || !LibC.TryWriteAt(_writable!, offset, from, piece))
                MemoryCopy.Copy(from, start + offset, piece);
            offset += piece;
            from += piece;
            length -= piece;
        }
    }

    public void Dispose()
    {
        Unmap();
        GC.SuppressFinalize(this);
    }

    private static long Pages(long length) => (length + PageSize - 1) & -PageSize;

    private byte* Copying()
    {
        if (Volatile.Read(ref _copying) is var mapped && mapped != 0)
            return (byte*)mapped;
        lock (_gate)
        {
            if (_copying == 0)
                Volatile.Write(ref _copying, Map(Writable_NeedsLock(), LibC.ProtRead | LibC.ProtWrite));
            return (byte*)_copying;
        }
    }

    private int Writable_NeedsLock()
    {
        _writable ??= new SafeFileHandle(Open(LibC.OpenReadWrite), ownsHandle: true);
        return (int)_writable.DangerousGetHandle();
    }

    private void Check(long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > _length - length)
            throw new StoreProtocolException($"The store names bytes {offset} to {offset + length} of an arena of {_length} bytes.");
    }

    private int Open(int access)
    {
        int descriptor = LibC.Open(_path, access | LibC.OpenCloseOnExec, 0);
        if (descriptor < 0)
            throw new IOException($"The arena '{_path}' cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}. A store in another container must share its directory with this one.");
        if (_identity == ArenaIdentity.Of(descriptor))
            return descriptor;
        _ = LibC.Close(descriptor);
        throw new IOException($"'{_path}' is not the arena of the store that was connected to: is it another container's?");
    }

    private nint Map(int descriptor, int protection = LibC.ProtRead)
    {
        void* mapped = LibC.Map(null, (nuint)_length, protection, LibC.MapShared, descriptor, 0);
        if ((nint)mapped == -1)
            throw new IOException($"Mapping {_length} bytes of '{_path}' failed: {Marshal.GetLastPInvokeErrorMessage()}. Raise the address space limit (ulimit -v).");
        _ = LibC.Advise(mapped, (nuint)_length, LibC.AdviseDontDump);
        return (nint)mapped;
    }

    private void Unmap()
    {
        Unmap(ref _reading);
        Unmap(ref _writing);
        Unmap(ref _copying);
        _writable?.Dispose();
    }

    private void Unmap(ref nint mapping)
    {
        nint mapped = Interlocked.Exchange(ref mapping, 0);
        if (mapped != 0)
            _ = LibC.Unmap((void*)mapped, (nuint)_length);
    }
}
