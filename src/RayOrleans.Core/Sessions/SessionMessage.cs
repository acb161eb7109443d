namespace RayOrleans.Core;

/// <summary>What a node and one of its processes say to each other. Immutable: both may be in one process, in tests.</summary>
public abstract record SessionMessage
{
    /// <summary>About how many bytes it takes on the wire.</summary>
    public virtual int Bytes => 64;
}
