namespace RayOrleans.Core;

/// <summary>
/// Something one party tells another. Immutable: a snapshot made under the engine's lock, encoded outside it. Payloads are the runtime's
/// own forms, opaque here.
/// </summary>
public abstract record Message
{
    /// <summary>About how many bytes it takes on the wire; bounds batches.</summary>
    public virtual int Bytes => 96;
}
