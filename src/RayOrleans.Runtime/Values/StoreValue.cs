using RayOrleans.Core;
using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime;

/// <summary>A value in the store, in memory or on disk; disposing of it deletes it once its last reader is done, and the last other value that shares its bytes is disposed of.</summary>
internal sealed class StoreValue : StoredValue, IOwnedValue
{
    private readonly StoreValue _first;
    private int _users = 1;
    private int _isDisposed;
    private StoreServer? _server;
    private StoreKey _key;
    private WeakReference<StorePin>? _shared;
    private WeakReference<object>? _sharedMemory;

    public StoreValue(StoredObject stored)
    {
        Stored = stored;
        _first = this;
    }

    private StoreValue(StoreValue first)
    {
        Stored = first.Stored;
        _first = first;
    }

    public StoredObject Stored { get; }

    /// <summary>
    /// The pin of memory that a reader has in place now and that nobody will dispose of, for others to read by; null: there is none. It is weak: the collector takes the pin
    /// with the last such memory, and does not hand out one that it is about to finalize.
    /// </summary>
    public StorePin? SharedPin => Volatile.Read(ref _shared) is { } shared && shared.TryGetTarget(out StorePin? pin) ? pin : null;

    /// <summary>The memory of a reader that has it in place now (<see cref="MemoryView{T}"/>), which keeps its pin; null: there is none.</summary>
    public object? SharedMemory => Volatile.Read(ref _sharedMemory) is { } shared && shared.TryGetTarget(out object? memory) ? memory : null;

    /// <summary>Lets other readers read by a pin that nobody disposes of.</summary>
    /// <param name="pin">The pin.</param>
    /// <param name="memory">The whole value as memory that keeps it; null: it is not one.</param>
    public void SharePin(StorePin pin, object? memory)
    {
        Share(ref _shared, pin);
        if (memory is not null)
        {
            Share(ref _sharedMemory, memory);
        }
    }

    private static void Share<T>(ref WeakReference<T>? shared, T target)
        where T : class
    {
        if (Volatile.Read(ref shared) is { } there)
        {
            there.SetTarget(target);
        }
        else
        {
            Interlocked.CompareExchange(ref shared, new WeakReference<T>(target), null);
        }
    }

    /// <summary>The same bytes as the value of another object; null: they are gone.</summary>
    public StoreValue? Share()
    {
        int users = Volatile.Read(ref _first._users);
        while (users > 0)
        {
            int seen = Interlocked.CompareExchange(ref _first._users, users + 1, users);
            if (seen == users)
            {
                return new StoreValue(_first);
            }

            users = seen;
        }

        return null;
    }

    /// <summary>The key by which other processes read it, from now on.</summary>
    public StoreKey LendAs(StoreServer server, Func<StoreKey> newKey)
    {
        lock (_first)
        {
            if (_first._server is null)
            {
                _first.IsLentAs(server, newKey());
                _ = server.TryLend(_first._key, Stored);
                if (Volatile.Read(ref _first._users) == 0)
                {
                    // Deleted meanwhile: nobody else takes it back.
                    server.Delete(_first._key);
                }
            }

            return _first._key;
        }
    }

    /// <summary>Other processes read it by this key.</summary>
    public void IsLentAs(StoreServer server, StoreKey key)
    {
        _key = key;
        Volatile.Write(ref _server, server);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0 && Interlocked.Decrement(ref _first._users) == 0)
        {
            Volatile.Read(ref _first._server)?.Delete(_first._key);

            Stored.Delete();
        }
    }
}
