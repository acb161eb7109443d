using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace RayOrleans.Runtime.Cluster.Gcs.Lineage;

/// <summary>
/// One scratch file of specs. Its name is taken away as soon as it is open where the system allows that, so nothing is left of it however the process ends. Guarded by its owner's lock.
/// </summary>
internal sealed class SpecSegment : IDisposable
{
    private readonly FileStream _file;
    private readonly List<FileSpec> _specs = [];

    public SpecSegment(string folder)
    {
        string path = Path.Combine(folder, $"rayorleans-lineage-{Guid.NewGuid():N}.tmp");
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (OperatingSystem.IsWindows())
        {
            options.Options = FileOptions.DeleteOnClose;
            _file = new FileStream(path, options);
            return;
        }

        // What tasks were called with is their user's alone.
        options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        _file = new FileStream(path, options);
        File.Delete(path);
    }

    /// <summary>How long the file is.</summary>
    public long Length { get; private set; }

    /// <summary>What of it somebody may read.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>The specs that somebody may read.</summary>
    public IEnumerable<FileSpec> Live => _specs.Where(s => s.Segment == this);

    private SafeFileHandle Handle => _file.SafeFileHandle;

    /// <summary>Writes specs behind each other.</summary>
    /// <exception cref="IOException">They could not be written; nothing has changed.</exception>
    public void Write(IReadOnlyList<(FileSpec Spec, byte[] Bytes)> specs)
    {
        RandomAccess.Write(Handle, [.. specs.Select(static s => (ReadOnlyMemory<byte>)s.Bytes)], Length);
        foreach ((FileSpec spec, byte[] bytes) in specs)
        {
            spec.Place(this, Length, bytes.Length, Checksum(bytes, Length));
            Length += bytes.Length;
            LiveBytes += bytes.Length;
            _specs.Add(spec);
        }
    }

    /// <summary>Reads a spec's bytes.</summary>
    /// <exception cref="IOException">They cannot be read, or are not those that were written.</exception>
    public byte[] Read(FileSpec spec)
    {
        byte[] bytes = new byte[spec.Bytes];
        int read = 0;
        while (read < bytes.Length)
        {
            int more = RandomAccess.Read(Handle, bytes.AsSpan(read), spec.Offset + read);
            if (more == 0)
            {
                throw new EndOfStreamException($"The lineage of a task ends after {read} of {bytes.Length} bytes.");
            }

            read += more;
        }

        return Checksum(bytes, spec.Offset) == spec.Checksum ? bytes : throw new IOException("The lineage of a task is damaged where it was kept.");
    }

    /// <summary>Nobody reads the spec here any more.</summary>
    public void Leave(FileSpec spec) => LiveBytes -= spec.Bytes;

    public void Dispose() => _file.Dispose();

    private static ulong Checksum(ReadOnlySpan<byte> bytes, long offset) => XxHash3.HashToUInt64(bytes, offset);
}
