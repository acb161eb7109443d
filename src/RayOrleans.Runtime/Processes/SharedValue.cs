using RayOrleans.Core;
using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime.Processes;

/// <summary>A value in the store of its node, as a process sees it: by its key, read in place. What the process has made is the node's once a message hands it over.</summary>
internal sealed class SharedValue(StoreClient store, StoreKey key, long length, bool isMade) : StoredValue, IDisposable, IHandedOver
{
    private int _isMade = isMade ? 1 : 0;

    public StoreKey Key => key;

    public long Length => length;

    /// <summary>Reads it in place; blocks while it comes back from disk.</summary>
    public SharedObject Open() => store.Get(key, inPlace: true);

    public void HandOver() => Volatile.Write(ref _isMade, 0);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isMade, 0) == 1)
        {
            store.DeleteAsync(key).AsTask().ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }
}
