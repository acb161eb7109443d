using RayOrleans.Core;
using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime.Processes;

/// <summary>A value in the store of its node, as a process sees it: by its key. What the process has made is the node's once a message hands it over.</summary>
internal abstract class SharedValue(StoreKey key, long length, bool isMade) : StoredValue, IOwnedValue, IHandedOver
{
    private int _isMade = isMade ? 1 : 0;

    public StoreKey Key => key;

    public long Length => length;

    /// <summary>Opens it for reading; blocks while it comes.</summary>
    /// <param name="held">Keeps what is read in place.</param>
    /// <exception cref="StoreRequestException">It is gone.</exception>
    public abstract PinnedSource Open(out IDisposable held);

    public void HandOver() => Volatile.Write(ref _isMade, 0);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isMade, 0) == 1)
        {
            Delete();
        }

        LetGo();
    }

    /// <summary>This process has made it, and nobody was told of it.</summary>
    protected abstract void Delete();

    /// <summary>Nobody here refers to it any more.</summary>
    protected virtual void LetGo()
    {
    }
}
