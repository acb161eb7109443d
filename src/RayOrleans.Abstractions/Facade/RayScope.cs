namespace RayOrleans;

/// <summary>The part of an async flow in which the static <see cref="Ray"/> means a certain runtime; ends with <see cref="Dispose"/>.</summary>
public readonly struct RayScope : IDisposable
{
    private readonly IRay? _before;
    private readonly bool _isOpen;

    internal RayScope(IRay ray)
    {
        _before = RayAmbient.Current;
        _isOpen = true;
        RayAmbient.Current = ray;
    }

    /// <summary>Returns to what was meant before.</summary>
    public void Dispose()
    {
        if (_isOpen)
        {
            RayAmbient.Current = _before;
        }
    }
}
