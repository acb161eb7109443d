namespace RayOrleans.ObjectStore;

/// <summary>Pins of several objects that came in together. Dispose it; the second and later calls do nothing.</summary>
public sealed class StorePinSet : IDisposable
{
    private readonly StorePin[] _pins;
    private Action? _leave;

    internal StorePinSet(StorePin[] pins, Action? leave)
    {
        _pins = pins;
        _leave = leave;
    }

    /// <summary>The pins, in the order of the objects.</summary>
    public IReadOnlyList<StorePin> Pins => _pins;

    /// <summary>Releases the pins.</summary>
    public void Dispose()
    {
        foreach (StorePin pin in _pins)
            pin.Dispose();
        Interlocked.Exchange(ref _leave, null)?.Invoke();
    }
}
