using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime;

/// <summary>A value in the shared-memory store; disposing of it deletes the block once its last reader is done.</summary>
internal sealed class StoreValue(StoreBlock block) : StoredValue, IDisposable
{
    public StoreBlock Block { get; } = block;

    public void Dispose() => Block.Delete();
}
