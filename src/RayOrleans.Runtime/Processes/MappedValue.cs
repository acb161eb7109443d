using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime.Processes;

/// <summary>A value in the store of this machine's node, read in place.</summary>
internal sealed class MappedValue(StoreClient store, StoreKey key, long length, bool isMade) : SharedValue(key, length, isMade)
{
    /// <inheritdoc/>
    /// <remarks>Blocks while it comes back from disk.</remarks>
    public override PinnedSource Open(out IDisposable held)
    {
        SharedObject shared = store.Get(Key, inPlace: true);
        held = shared;
        return new SharedSource(shared);
    }

    protected override void Delete() =>
        store.DeleteAsync(Key).AsTask().ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
