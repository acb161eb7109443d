namespace RayOrleans;

/// <summary>A value that stays valid, with everything in it that is read in place from the object store, until this is disposed. Thread-safe.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed class Pinned<T> : IDisposable
{
    private readonly T _value;
    private readonly Lock _gate = new();
    private IDisposable? _pin;
    private bool _disposed;

    internal Pinned(T value, IDisposable? pin)
    {
        _value = value;
        _pin = pin;
    }

    /// <summary>The value. Spans and memory taken from it must not be used after <see cref="Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">This was disposed.</exception>
    public T Value
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
            return _value;
        }
    }

    /// <summary>Lets the store move or delete the object again. Idempotent.</summary>
    public void Dispose()
    {
        IDisposable? pin;
        lock (_gate)
        {
            _disposed = true;
            pin = _pin;
            _pin = null;
        }

        pin?.Dispose();
    }
}
