using Microsoft.Win32.SafeHandles;

namespace RayOrleans.Runtime.Cluster.Gcs.Files;

/// <summary>What journals in files ask of the disk; tests have one that fails.</summary>
internal class JournalDisk
{
    /// <summary>The disk as it is.</summary>
    public static JournalDisk Real { get; } = new();

    /// <summary>Writes at a position of a file.</summary>
    public virtual void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long position) => RandomAccess.Write(file, bytes, position);

    /// <summary>Forces a file to the disk.</summary>
    public virtual void Flush(SafeFileHandle file) => RandomAccess.FlushToDisk(file);
}
