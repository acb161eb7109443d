using RayOrleans.ObjectStore;
using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime.Drivers;

/// <summary>A value in the store of a node that is somewhere else. Reading it brings a copy, which is kept for other readers as long as there is room.</summary>
internal sealed class RemoteValue(RemoteStore store, StoreKey key, long length, bool isMade) : SharedValue(key, length, isMade)
{
    private readonly Lock _lock = new();
    private StoredObject? _copy;

    /// <inheritdoc/>
    public override PinnedSource Open(out IDisposable held)
    {
        lock (_lock)
        {
            while (true)
            {
                if (_copy?.TryPin() is { } pin)
                {
                    held = pin;
                    return new BlockSource(pin);
                }

                // There is none, or it had to make room.
                _copy = store.Fetch(Key, Length);
            }
        }
    }

    protected override void Delete() => store.Delete(Key);

    protected override void LetGo()
    {
        // Not while it is being fetched: whoever fetches it holds the reference.
        lock (_lock)
        {
            _copy?.Delete();
            _copy = null;
        }
    }
}
