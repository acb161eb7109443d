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

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial void* Map(void* address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    public static partial int Advise(void* address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(int descriptor, int mode, long offset, long length);
}
