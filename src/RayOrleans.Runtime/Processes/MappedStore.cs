using RayOrleans.ObjectStore;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime.Processes;

/// <summary>The store of this machine's node: mapped when the first large value comes, written with one copy, read in place. Thread-safe.</summary>
internal sealed class MappedStore(string socketPath, ulong keys) : ProcessStore(keys)
{
    private readonly Lazy<StoreClient> _client = new(() => StoreClient.Connect(socketPath));

    /// <inheritdoc/>
    public override SharedValue Write(SerializedValue value)
    {
        StoreKey key = NextKey();
        using SharedWrite write = _client.Value.CreateForCopy(key, value.TotalLength);
        value.CopyTo(new SharedWriter(write));
        write.Seal();
        return new MappedValue(_client.Value, key, value.TotalLength, isMade: true);
    }

    /// <inheritdoc/>
    public override SharedValue Find(StoreKey key, long length) => new MappedValue(_client.Value, key, length, isMade: false);

    /// <inheritdoc/>
    /// <remarks>What is read in place stays readable.</remarks>
    public override void Dispose()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }
    }
}
