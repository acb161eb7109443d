using System.IO.MemoryMappedFiles;
using RayOrleans.ObjectStore;

namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>Shared memory whose every page has been written once, unless it is to be fresh. The file is gone when this is disposed; should the process be killed, the next object store removes it.</summary>
internal sealed unsafe class SharedMapping : IDisposable
{
    private const string SharedMemoryDirectory = "/dev/shm";
    private const int PageBytes = 4096;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    /// <param name="length">Its length in bytes.</param>
    /// <param name="isFresh">Leaves the pages untouched.</param>
    public SharedMapping(long length, bool isFresh = false)
        : this(Create(), length)
    {
        for (long i = 0; i < length && !isFresh; i += PageBytes)
        {
            Start[i] = 1;
        }
    }

    private SharedMapping(FileStream stream, long length)
    {
        Length = length;
        Path = stream.Name;
        _file = MemoryMappedFile.CreateFromFile(stream, null, length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, length);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        Start = start;
    }

    /// <summary>Where it begins.</summary>
    public byte* Start { get; }

    /// <summary>Its length in bytes.</summary>
    public long Length { get; }

    /// <summary>The file's name, by which another process opens it.</summary>
    public string Path { get; }

    /// <summary>Maps the shared memory that another process has made.</summary>
    public static SharedMapping Open(string path)
    {
        FileStream stream = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        return new SharedMapping(stream, stream.Length);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    /// <summary>A name as arenas have, which says whose it is: it is swept like theirs.</summary>
    private static FileStream Create() => new(
        System.IO.Path.Combine(Directory.Exists(SharedMemoryDirectory) ? SharedMemoryDirectory : System.IO.Path.GetTempPath(), OwnedFiles.NextName()),
        new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            Options = FileOptions.DeleteOnClose,
        });
}
