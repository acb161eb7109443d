using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime.Processes;

/// <summary>The node's values that its processes read in place, and those that they have made. Thread-safe.</summary>
internal sealed class LentValues(StoreServer server)
{
    private readonly ulong _keys = ProcessStore.NewKeys();
    private long _last;

    /// <summary>The key by which processes read a value, for as long as it is somebody's.</summary>
    public StoreKey KeyOf(StoreValue value) => value.LendAs(server, () => new StoreKey(_keys, (ulong)Interlocked.Increment(ref _last), 0));

    /// <summary>The value that a process has made; null: it is not there, or was handed over before.</summary>
    public StoreValue? Take(StoreKey key)
    {
        if (server.Adopt(key) is not { } stored)
        {
            return null;
        }

        StoreValue value = new(stored);
        value.IsLentAs(server, key);
        return value;
    }
}
