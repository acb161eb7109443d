using System.IO.MemoryMappedFiles;

namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>Shared memory whose every page has been written once. The file is gone when this is disposed.</summary>
internal sealed unsafe class SharedMapping : IDisposable
{
    private const string SharedMemoryDirectory = "/dev/shm";
    private const int PageBytes = 4096;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    /// <param name="length">Its length in bytes.</param>
    public SharedMapping(long length)
    {
        Length = length;
        string directory = Directory.Exists(SharedMemoryDirectory) ? SharedMemoryDirectory : Path.GetTempPath();
        string path = Path.Combine(directory, $"rayorleans-limit-{Environment.ProcessId}-{Guid.NewGuid():N}");
        FileStream stream = new(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose,
        });
        _file = MemoryMappedFile.CreateFromFile(stream, null, length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, length);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        Start = start;
        for (long i = 0; i < length; i += PageBytes)
        {
            start[i] = 1;
        }
    }

    /// <summary>Where it begins.</summary>
    public byte* Start { get; }

    /// <summary>Its length in bytes.</summary>
    public long Length { get; }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
