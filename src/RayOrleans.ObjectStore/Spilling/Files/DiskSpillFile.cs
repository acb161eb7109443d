namespace RayOrleans.ObjectStore;

/// <summary>A file on a disk, read and written without a buffer in between.</summary>
internal sealed class DiskSpillFile(FileStream file) : ISpillFile
{
    public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(file.SafeFileHandle, bytes, offset);

    public int Read(Span<byte> bytes, long offset) => RandomAccess.Read(file.SafeFileHandle, bytes, offset);

    public void Reserve(long length)
    {
        if (!OperatingSystem.IsLinux())
        {
            file.SetLength(length);
            return;
        }

        if (LibC.Allocate((int)file.SafeFileHandle.DangerousGetHandle(), 0, 0, length) != 0)
        {
            int error = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
            throw new IOException($"The file system of '{file.Name}' refused {length} bytes: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)}.");
        }
    }

    public SpillMapping Map(long offset, long length, bool writable) => new(file, offset, length, writable);

    public void Dispose() => file.Dispose();
}
