using System.Security.Cryptography;
using RayOrleans.ObjectStore;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime.Processes;

/// <summary>The store of its node as a process uses it. Thread-safe.</summary>
internal abstract class ProcessStore(ulong keys) : IDisposable
{
    private long _last;

    /// <summary>Writes a value. Blocks while the store is full.</summary>
    /// <exception cref="StoreRequestException">There is no room, or the node is gone.</exception>
    public abstract SharedValue Write(SerializedValue value);

    /// <summary>A value that the node has told of.</summary>
    public abstract SharedValue Find(StoreKey key, long length);

    /// <summary>What the keys of a process begin with.</summary>
    public static ulong NewKeys() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    public abstract void Dispose();

    /// <summary>A key that this process has not used.</summary>
    protected StoreKey NextKey() => new(keys, (ulong)Interlocked.Increment(ref _last), 0);
}
