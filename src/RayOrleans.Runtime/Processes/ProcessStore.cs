using System.Security.Cryptography;
using RayOrleans.ObjectStore;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime.Processes;

/// <summary>The store of its node as a process uses it: connected when the first large value comes. Thread-safe.</summary>
internal sealed class ProcessStore(string socketPath, ulong keys)
{
    private readonly Lazy<StoreClient> _client = new(() => StoreClient.Connect(socketPath));
    private long _last;

    /// <summary>Writes a value with one copy. Blocks while the store is full.</summary>
    /// <exception cref="StoreRequestException">There is no room, or the node is gone.</exception>
    public SharedValue Write(SerializedValue value)
    {
        StoreKey key = new(keys, (ulong)Interlocked.Increment(ref _last), 0);
        using SharedWrite write = _client.Value.CreateForCopy(key, value.TotalLength);
        value.CopyTo(new SharedWriter(write));
        write.Seal();
        return new SharedValue(_client.Value, key, value.TotalLength, isMade: true);
    }

    /// <summary>A value that the node has told of.</summary>
    public SharedValue Find(StoreKey key, long length) => new(_client.Value, key, length, isMade: false);

    /// <summary>What the keys of a process begin with.</summary>
    public static ulong NewKeys() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
}
