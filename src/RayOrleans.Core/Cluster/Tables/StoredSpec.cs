namespace RayOrleans.Core;

/// <summary>
/// The spec of a finished task that a shard has let go from memory, wherever that lies now. Belongs to one row, and is used by the shard alone.
/// </summary>
public abstract class StoredSpec
{
    /// <summary>How many bytes it takes where it lies.</summary>
    public abstract int Bytes { get; }

    /// <summary>Reads it.</summary>
    /// <exception cref="IOException">It cannot be read, or is damaged. The shard is to be made anew from its journal.</exception>
    public abstract TaskSpec Read();

    /// <summary>Nobody needs it any more, and nobody reads it again.</summary>
    public abstract void Release();
}
