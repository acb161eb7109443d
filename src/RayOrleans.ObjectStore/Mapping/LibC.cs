using Microsoft.Win32.SafeHandles;
using System.Runtime.InteropServices;

namespace RayOrleans.ObjectStore;

/// <summary>The few Linux calls the base library does not offer. Numbers are those of the Linux ABI (the same on x64 and arm64).</summary>
internal static unsafe partial class LibC
{
    public const int ProtRead = 1;
    public const int ProtWrite = 2;
    public const int MapShared = 1;
    public const int AdviseDontDump = 16;
    public const int AdvisePopulateWrite = 23;
    public const int Interrupted = 4;
    public const int OpenReadOnly = 0;
    public const int OpenReadWrite = 2;
    public const int OpenCloseOnExec = 0x80000;
    public const int AtEmptyPath = 0x1000;
    public const uint StatusBasic = 0x7ff;
    public const int AllocateKeepSize = 1;
    public const int AllocatePunchHole = 2;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial void* Map(void* address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    public static partial int Advise(void* address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(int descriptor, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    public static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    /// <summary>Writes all of it; false when the file system refuses, or the file has been closed.</summary>
    public static bool TryWriteAt(SafeFileHandle file, long offset, byte* from, long length)
    {
        bool isOpen = false;
        try
        {
            // The file may be closed at any moment, and its descriptor be another file's then.
            file.DangerousAddRef(ref isOpen);
            return TryWriteAt((int)file.DangerousGetHandle(), offset, from, length);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            if (isOpen)
                file.DangerousRelease();
        }
    }

    private static bool TryWriteAt(int descriptor, long offset, byte* from, long length)
    {
        for (long done = 0; done < length;)
        {
            nint written = WriteAt(descriptor, from + done, (nuint)(length - done), offset + done);
            if (written > 0)
                done += written;
            else if (Marshal.GetLastPInvokeError() != Interrupted)
                return false;
        }

        return true;
    }

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    private static partial nint WriteAt(int descriptor, byte* from, nuint length, long offset);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    public static partial int Status(int directory, byte* path, int flags, uint mask, FileStatus* status);
}
