using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime;

/// <summary>A value in the store, in memory or on disk; disposing of it deletes it once its last reader is done.</summary>
internal sealed class StoreValue(StoredObject stored) : StoredValue, IDisposable
{
    public StoredObject Stored { get; } = stored;

    public void Dispose() => Stored.Delete();
}
