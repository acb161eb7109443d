using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime.Processes;

/// <summary>Reads a value from the store of the node. Memory that is handed out in place keeps it.</summary>
internal sealed class SharedSource(SharedObject shared) : PinnedSource
{
    public override long Length => shared.Length;

    public override ReadOnlySpan<byte> Read(long offset, int length) => shared.GetSpan(offset, length);

    public override ReadOnlyMemory<T> GetMemory<T>(long byteOffset, int count)
    {
        IsReadInPlace = true;
        return shared.GetMemory<T>(byteOffset, count);
    }
}
